import { badInput } from '../../core/errors.ts';
import type { ModelArtifacts } from '../model/artifacts.ts';
import { manifestWeights } from '../formats/tfjs/weights.ts';
import type { Shape } from '../graph/types.ts';
import { tf } from '../tf.ts';
import type { TrainableNetwork } from './networks.ts';

/** Which layers start from the weights of another network. */
export interface InitReport {
  readonly taken: readonly string[];
  readonly fresh: readonly { readonly layer: string; readonly why: string }[];
}

/**
 * Sets the weights of `network` to those of another one, layer by layer where the name of the layer
 * and the shape of every weight are the same; the other layers keep what they were drawn with. Where
 * `outputs` of the other network are the first ones here, its layer of scores gives those.
 *
 * @param outputs how many outputs the networks have in common
 * @throws AppError 'bad-input' when no layer fits.
 */
export function initialize(
  network: TrainableNetwork,
  from: ModelArtifacts,
  outputs = 0,
): InitReport {
  const given = manifestWeights(from.weightSpecs, from.weightData);
  const taken: string[] = [];
  const fresh: { layer: string; why: string }[] = [];
  for (const layer of new Set(network.parameters.map((parameter) => parameter.layer))) {
    const path = [{ name: layer, className: '', ordinal: 0 }];
    const pairs = network.parameters
      .filter((parameter) => parameter.layer === layer)
      .map(({ name, shape, variable }, index) => {
        const key = { name: name.slice(layer.length + 1), index, shape };
        return { shape, variable, weight: given.find(path, key) };
      });
    const missing = pairs.some(({ weight }) => weight === undefined);
    if (pairs.every(({ shape, weight }) => weight && addsOutputs(weight.shape, shape, outputs))) {
      for (const { variable, weight } of pairs) {
        const values = leading(weight!.values(), outputs, variable);
        tf.tidy(() => variable.assign(tf.tensor(values, variable.shape)));
      }
      taken.push(layer);
      continue;
    }
    const other = pairs.find(({ weight, shape }) => weight && !sameShape(weight.shape, shape));
    if (missing) fresh.push({ layer, why: 'no such layer there' });
    else if (other?.weight) {
      const [there, here] = [other.weight.shape, other.shape].map((shape) => shape.join('x'));
      fresh.push({ layer, why: `${there} there, ${here} here` });
    } else {
      for (const { variable, weight } of pairs) {
        const values = weight?.values();
        if (values) tf.tidy(() => variable.assign(tf.tensor(values, variable.shape)));
      }
      taken.push(layer);
    }
  }
  if (taken.length === 0) {
    const layers = fresh.map(({ layer, why }) => `${layer} (${why})`).join(', ');
    throw badInput(
      `${from.label}: none of its layers fits ${network.options.name}: ${layers}; accepted: a network with a layer of the same name and shape`,
    );
  }
  return { taken, fresh };
}

/** Whether a weight has `outputs` outputs there, and more of them here. */
function addsOutputs(there: Shape, here: Shape, outputs: number): boolean {
  const last = here.length - 1;
  return (
    there.length === here.length &&
    there[last] === outputs &&
    here[last] > outputs &&
    there.slice(0, last).every((n, i) => n === here[i])
  );
}

/** The values of a variable `[..., more]` with the first `outputs` of each row from `[..., outputs]`. */
function leading(given: ArrayLike<number>, outputs: number, variable: tf.Variable): Float32Array {
  const values = (variable.dataSync() as Float32Array).slice();
  const all = variable.shape[variable.shape.length - 1];
  for (let i = 0; i < given.length; i++) {
    values[Math.floor(i / outputs) * all + (i % outputs)] = given[i];
  }
  return values;
}

function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((n, i) => n === b[i]);
}
