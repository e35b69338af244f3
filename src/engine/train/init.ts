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
 * and the shape of every weight are the same; the other layers keep what they were drawn with.
 *
 * @throws AppError 'bad-input' when no layer fits.
 */
export function initialize(network: TrainableNetwork, from: ModelArtifacts): InitReport {
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

function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((n, i) => n === b[i]);
}
