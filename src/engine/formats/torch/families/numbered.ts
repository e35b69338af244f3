import type { Activation } from '../../../graph/operators.ts';
import type { NodeId } from '../../../graph/types.ts';
import type { State } from '../state.ts';
import type { Building } from './family.ts';

/** Numbers of the modules with weights under `path`, in order. */
export function numbersOf(state: State, path: string): readonly number[] {
  const front = path === '' ? '' : `${path}.`;
  const found = state.names.flatMap((name) =>
    name.startsWith(front) ? [Number(name.slice(front.length).split('.')[0])] : [],
  );
  return [...new Set(found)].filter(Number.isInteger).sort((a, b) => a - b);
}

/**
 * A Sequential of which only the modules with weights are known, by their numbers: convolutions and linear layers, batch
 * norms; a number left out between two of them is the activation (or a dropout, which does nothing).
 */
export function numbered(
  { layers, state }: Building,
  path: string,
  given: NodeId,
  activation: Activation = { kind: 'relu' },
): NodeId {
  const numbers = numbersOf(state, path);
  let x = given;
  for (const [i, n] of numbers.entries()) {
    const own = `${path}.${n}`;
    if (i > 0 && n > numbers[i - 1] + 1)
      x = layers.activation(`${path}.${numbers[i - 1] + 1}`, x, activation);
    if (state.has(`${own}.running_var`)) x = layers.batchNorm(own, x);
    else if (state.dims(`${own}.weight`)?.length === 2) x = layers.linear(own, x);
    else x = layers.conv(own, x);
  }
  return layers.end(path, x, 'Sequential');
}
