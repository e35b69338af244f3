import { badInput } from '../../core/errors.ts';
import type { ModelArtifacts } from '../model/artifacts.ts';
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
  const given = tf.io.decodeWeights(from.weightData, from.weightSpecs);
  // Converters put the name of the network before that of the layer.
  const key = (name: string) => name.split('/').slice(-2).join('/');
  const byName = new Map(Object.entries(given).map(([name, tensor]) => [key(name), tensor]));
  const taken: string[] = [];
  const fresh: { layer: string; why: string }[] = [];
  try {
    for (const layer of network.model.layers.filter(({ weights }) => weights.length > 0)) {
      const pairs = layer.weights.map((weight) => ({
        variable: weight.read() as tf.Variable,
        tensor: byName.get(key(weight.originalName)),
      }));
      const missing = pairs.find(({ tensor }) => tensor === undefined);
      const other = pairs.find(({ variable, tensor }) => tensor && !sameShape(tensor, variable));
      if (missing) fresh.push({ layer: layer.name, why: 'no such layer there' });
      else if (other?.tensor) {
        const [there, here] = [other.tensor, other.variable].map(({ shape }) => shape.join('x'));
        fresh.push({ layer: layer.name, why: `${there} there, ${here} here` });
      } else {
        for (const { variable, tensor } of pairs) if (tensor) variable.assign(tensor);
        taken.push(layer.name);
      }
    }
  } finally {
    tf.dispose(given);
  }
  if (taken.length === 0) {
    const layers = fresh.map(({ layer, why }) => `${layer} (${why})`).join(', ');
    throw badInput(
      `${from.label}: none of its layers fits ${network.options.name}: ${layers}; accepted: a network with a layer of the same name and shape`,
    );
  }
  return { taken, fresh };
}

function sameShape(a: tf.Tensor, b: tf.Tensor): boolean {
  return a.shape.length === b.shape.length && a.shape.every((n, i) => n === b.shape[i]);
}
