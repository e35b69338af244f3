import { type CamMethod, METHODS, methodRow } from '../core/cam/index.ts';
import { formatSigned } from '../core/color/index.ts';
import { type Answer, mapIn, type ShownMap, statsOf } from '../state/index.ts';

/** Why a map is 0 everywhere, and what shows more. */
export interface EmptyMap {
  readonly text: string;
  /** Null where nothing else is to be expected of another choice. */
  readonly remedy: Remedy | null;
}

export type Remedy =
  | { readonly label: string; readonly method: CamMethod }
  /** The network's own choice of these. */
  | { readonly label: string; readonly suggested: 'layer' | 'class' };

/** Methods with the sign, of which these keep what is in favour. */
const SIGNED: Readonly<Partial<Record<CamMethod, CamMethod>>> = {
  xgrad: 'respond',
  gradpp: 'grad',
  layercam: 'hirescam',
};

const instead = (method: CamMethod): Remedy => ({
  label: `Show ${METHODS[method].name}`,
  method,
});

const isZero = (values: ArrayLike<number>): boolean => {
  for (let i = 0; i < values.length; i++) if (values[i] !== 0) return false;
  return true;
};

type Shown = Pick<ShownMap, 'method' | 'classIndex' | 'layer'>;

/** What is said of a map that is 0 everywhere. */
export function emptyMap({ method, classIndex, layer }: Shown, answer: Answer): EmptyMap {
  const { result, model, prepared } = answer;
  const name = METHODS[method].name;
  const of = model.classes[classIndex] ?? `class ${classIndex + 1}`;
  const { target, predicted } = result;
  if (target.voxels?.[classIndex] === 0) {
    const other = target.voxels[predicted] > 0 && predicted !== classIndex;
    return {
      text: `No voxel counts for ${of} in this volume, so that its score is 0 and nothing led to it. A ball at the crosshair can be asked about instead.`,
      remedy: other ? { label: `Show ${model.classes[predicted]}`, suggested: 'class' } : null,
    };
  }
  if (isZero(prepared.input))
    return {
      text: 'The network is given 0 everywhere, so there is nothing to show.',
      remedy: null,
    };

  const row = methodRow(method);
  if (row.at === 'input') return ofInput(method, of);
  const [own] = result.layers;
  const suggested: Remedy | null =
    own.name === model.defaultLayer
      ? null
      : { label: `Show ${model.defaultLayer}`, suggested: 'layer' };
  if (isZero(own.activationSum) && isZero(own.classes.flatMap(({ methods }) => peaks(methods))))
    return { text: `Layer ${own.name} gives 0 everywhere for this input.`, remedy: suggested };

  /** Range of another map of the same class, where it is known. */
  const rangeOf = (one: CamMethod) => {
    const found = mapIn(result, one, classIndex);
    return found && statsOf(found.map.data);
  };
  const signed = row.at === 'both' ? row.layer : SIGNED[method];
  const range = signed && rangeOf(signed);
  if (signed && range && range.min < 0 && range.max <= 0) {
    const runs = `${METHODS[signed].name} runs from ${formatSigned(range.min)} to ${formatSigned(range.max)} there`;
    return {
      text: `${name} keeps what is in favour of ${of}, and at ${own.name} nothing is: ${runs}.`,
      remedy: instead(signed),
    };
  }
  if (row.at === 'both' && range && range.max > 0) {
    return {
      text: `${name} is empty although ${METHODS[row.layer].name} is positive in places: guided backpropagation hands nothing on to the input there, as ReLUs stop what is not positive.`,
      remedy: instead('gradient-input'),
    };
  }
  if (signed && range && range.max > 0)
    return {
      text: `${name} is zero everywhere, though not all is against ${of}.`,
      remedy: instead(signed),
    };
  return {
    text: `${name} is zero everywhere: for this input the number that is explained, ${of}, does not depend on ${layer}.`,
    remedy: suggested,
  };
}

const peaks = (methods: Readonly<Partial<Record<CamMethod, { min: number; max: number }>>>) =>
  Object.values(methods).flatMap(({ min, max }) => [min, max]);

function ofInput(method: CamMethod, of: string): EmptyMap {
  const { name } = METHODS[method];
  switch (method) {
    case 'guided':
    case 'deconvnet':
      return {
        text: `${name} is zero everywhere: ReLUs hand on only what is positive, and on every way from ${of} to the input one of them stops it.`,
        remedy: instead('gradient'),
      };
    case 'occlusion':
      return {
        text: `${name} is zero everywhere: whichever box is replaced by the mean, ${of} stays as it is.`,
        remedy: null,
      };
    default:
      return {
        text: `${name} is zero everywhere: ${of} does not change with small changes of this input. Occlusion tries larger ones.`,
        remedy: instead('occlusion'),
      };
  }
}
