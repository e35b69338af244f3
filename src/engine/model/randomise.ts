import { createRandom, shuffle } from '../../core/simulate/random.ts';
import type { Constant, ConstantId, Graph } from '../graph/types.ts';
import type { Randomised, RandomiseRequest } from '../types.ts';
import type { OpenedNetwork } from './open.ts';

/** The layers with a kernel, the one next to the scores first, each with its weights. */
function weighted({ nodes }: Graph): { name: string; constants: ConstantId[] }[] {
  return nodes
    .flatMap(({ name, partOf, weights }) => {
      const own = weights as Record<string, ConstantId | undefined>;
      if (own.kernel === undefined) return [];
      const constants = Object.values(own).filter((id) => id !== undefined);
      return [{ name: partOf ?? name, constants }];
    })
    .reverse();
}

/** See `Engine.randomise`. Weights are shuffled when they are put on a backend, so nothing is held twice. */
export function randomised(
  opened: OpenedNetwork,
  { layers: count, seed }: Pick<RandomiseRequest, 'layers' | 'seed'>,
): Randomised & { readonly network: OpenedNetwork } {
  const all = weighted(opened.graph);
  const taken = all.slice(0, count);
  const chosen = new Set(taken.flatMap(({ constants }) => constants));
  const constants = opened.graph.constants.map((constant, id) =>
    chosen.has(id) ? { ...constant, values: () => shuffled(constant, seed, id) } : constant,
  );
  const network = { ...opened, graph: { ...opened.graph, constants } };
  return { network, layers: taken.map(({ name }) => name), of: all.length };
}

/**
 * The numbers of a weight in another order and with random signs, decided by seed and weight alone: as
 * large as they were, but about zero, for a layer whose weights are negative in the mean would be silent.
 */
function shuffled({ values }: Constant, seed: number, id: ConstantId): Float32Array {
  const numbers = values().slice();
  const random = createRandom(seed, id);
  shuffle(numbers, random);
  for (let i = 0; i < numbers.length; i++) if (random.uniform() < 0.5) numbers[i] = -numbers[i];
  return numbers;
}
