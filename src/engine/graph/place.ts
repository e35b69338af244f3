import { badFile } from '../../core/errors.ts';
import type { PlacedWeights } from '../ops/op.ts';
import { tf } from '../tf.ts';
import type { OpId } from './operators.ts';
import type { ConstantId, Graph, NodeOf } from './types.ts';

/** Weights of a network on the current backend. */
export interface PlacedConstants {
  readonly tensors: ReadonlyMap<ConstantId, tf.Tensor>;
  dispose(): void;
}

/**
 * Uploads what the graph's nodes use; quantised weights are decoded one at a time.
 * @throws AppError `bad-file` for a weight of another size than its shape's, or with NaN in it
 */
export function placeConstants(graph: Graph, label: string): PlacedConstants {
  const tensors = new Map<ConstantId, tf.Tensor>();
  const dispose = () => {
    for (const tensor of tensors.values()) tensor.dispose();
    tensors.clear();
  };
  try {
    for (const { weights } of graph.nodes) {
      for (const id of Object.values(weights as Record<string, ConstantId | undefined>)) {
        if (id === undefined || tensors.has(id)) continue;
        tensors.set(id, placeConstant(graph, id, label));
      }
    }
    return { tensors, dispose };
  } catch (error) {
    dispose();
    throw error;
  }
}

function placeConstant({ constants }: Graph, id: ConstantId, label: string): tf.Tensor {
  const { name, shape, values } = constants[id];
  const numbers = values();
  const size = shape.reduce((a, b) => a * b, 1);
  if (numbers.length !== size) {
    throw badFile(
      label,
      `weight ${name} holds ${numbers.length} values; its shape [${shape}] needs ${size}`,
      'a file that is whole',
    );
  }
  if (numbers.includes(Number.NaN))
    throw badFile(label, `its weight ${name} holds NaN`, 'weights that are finite numbers');
  return tf.tensor(numbers, [...shape], 'float32');
}

export function weightsOf<K extends OpId>(
  { weights }: NodeOf<K>,
  { tensors }: PlacedConstants,
): PlacedWeights<K> {
  const given = Object.entries(weights as Record<string, ConstantId | undefined>);
  const placed = given.flatMap(([name, id]) =>
    id === undefined ? [] : [[name, tensors.get(id)] as const],
  );
  return Object.fromEntries(placed) as PlacedWeights<K>;
}
