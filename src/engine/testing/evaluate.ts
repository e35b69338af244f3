import { placeConstants, weightsOf } from '../graph/place.ts';
import { scoreGraph } from '../graph/scores.ts';
import type { Graph } from '../graph/types.ts';
import type { Op } from '../ops/op.ts';
import { opOf } from '../ops/table.ts';
import { tf } from '../tf.ts';

export interface Evaluated {
  /** `[…space, channels]` without the batch. */
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** What an output holds before its final activation, for an input as the network declares it; by the operators' forward. */
export function evaluate(graph: Graph, input: Float32Array, output?: string): Evaluated {
  const scores = scoreGraph(graph, output);
  const placed = placeConstants(scores, 'test');
  try {
    return tf.tidy(() => {
      const values: tf.Tensor[] = [];
      for (const node of scores.nodes) {
        const { attributes, op } = node;
        if (op === 'input') {
          values.push(asInside(input, node.shape, node.declared.layout === 'channels-first'));
          continue;
        }
        const inputs = node.inputs.map((id) => values[id]);
        const weights = weightsOf(node, placed);
        values.push((opOf(node) as Op<never>).forward({ attributes, weights, inputs } as never));
      }
      const last = values[values.length - 1];
      return { shape: last.shape.slice(1), values: last.dataSync() as Float32Array };
    });
  } finally {
    placed.dispose();
  }
}

function asInside(input: Float32Array, shape: readonly number[], first: boolean): tf.Tensor {
  if (!first) return tf.tensor(input, [1, ...shape]);
  const channels = shape[shape.length - 1];
  const declared = [channels, ...shape.slice(0, -1)];
  const order = [...declared.slice(1).map((_, i) => i + 1), 0];
  return tf.expandDims(tf.transpose(tf.tensor(input, declared), order), 0);
}
