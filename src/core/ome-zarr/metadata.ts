import {
  either,
  type Infer,
  line,
  list,
  number,
  object,
  oneOf,
  text,
  validate,
} from '../schema/index.ts';
import type { Vec3 } from '../volume/types.ts';

export const ACCEPTED_ZARR = 'OME-Zarr 0.4 and 0.5 with the axes z, y, x';

/** Å of the units of length that OME-Zarr names. */
const UNITS = {
  picometer: 0.01,
  angstrom: 1,
  nanometer: 10,
  micrometer: 1e4,
  millimeter: 1e7,
  meter: 1e10,
} as const;

const numbers = list(number(), { min: 1, max: 8 });
const steps = list(
  either(
    object({ type: oneOf('scale'), scale: numbers }),
    either(
      object({ type: oneOf('translation'), translation: numbers }),
      object({ type: line(100) }),
    ),
  ),
  { max: 8 },
);
const axes = list(either(line(100), object({ name: line(100) }, { unit: text(100) })), {
  min: 3,
  max: 5,
});
const image = object(
  {
    datasets: list(object({ path: line(1000) }, { coordinateTransformations: steps }), {
      min: 1,
      max: 64,
    }),
  },
  { axes, coordinateTransformations: steps },
);
const group = object({ multiscales: list(image, { min: 1, max: 64 }) });

type Steps = Infer<typeof steps>;

/** One resolution of an image. */
export interface ZarrLevel {
  readonly path: string;
  /** Å along x, y, z; in unknown units, but in proportion, where `unit` of the image is null. */
  readonly voxelSize: Vec3;
  /** The same, of the centre of voxel (0, 0, 0). */
  readonly origin: Vec3;
}

/** What the metadata of an image say. */
export interface ZarrImage {
  /** Which axis of the arrays z, y and x are. */
  readonly axes: readonly [z: number, y: number, x: number];
  readonly unitKnown: boolean;
  /** The finest first. */
  readonly levels: readonly ZarrLevel[];
  /** Images that the group names beside this one. */
  readonly others: number;
}

/** The first image of a group, by its attributes. @throws AppError 'bad-file' */
export function readImage(attributes: unknown, fileName: string): ZarrImage {
  const { multiscales } = validate(group, attributes, fileName);
  const [{ axes: named = ['z', 'y', 'x'], datasets, coordinateTransformations }] = multiscales;
  const names = named.map((one) => (typeof one === 'string' ? one : one.name).toLowerCase());
  const place = (name: string, fromEnd: number) => {
    const at = names.indexOf(name);
    return at >= 0 ? at : names.length - fromEnd;
  };
  const order = [place('z', 3), place('y', 2), place('x', 1)] as const;
  const units = order.map((at) => {
    const one = named[at];
    const unit = typeof one === 'string' ? undefined : one.unit?.toLowerCase();
    return unit && Object.hasOwn(UNITS, unit) ? UNITS[unit as keyof typeof UNITS] : null;
  });
  const unitKnown = units.every((unit) => unit !== null);
  const inXyz = (values: readonly number[]): Vec3 => {
    const [z, y, x] = order.map((at, i) => values[at] * (units[i] ?? 1));
    return [x, y, z];
  };
  const levels = datasets.map(({ path, coordinateTransformations: own = [] }) => {
    const { scale, translation } = composed([own, coordinateTransformations ?? []], names.length);
    return { path, voxelSize: inXyz(scale), origin: inXyz(translation) };
  });
  return { axes: order, unitKnown, levels, others: multiscales.length - 1 };
}

/** Steps one after the other as one scale and one translation. */
function composed(all: readonly Steps[], rank: number) {
  const scale = new Array<number>(rank).fill(1);
  const translation = new Array<number>(rank).fill(0);
  for (const step of all.flat()) {
    for (let i = 0; i < rank; i++) {
      if ('scale' in step) {
        scale[i] *= step.scale[i] ?? 1;
        translation[i] *= step.scale[i] ?? 1;
      } else if ('translation' in step) translation[i] += step.translation[i] ?? 0;
    }
  }
  return { scale, translation };
}
