import { Adam, ADAM_FLOATS } from './assembly/layout.ts';
import { words } from './parameters.ts';
import type { KernelRuntime } from './runtime.ts';

/** Factors of one step; see `src/engine/train/adam.ts`. */
export interface AdamFactors {
  readonly beta1: number;
  readonly beta2: number;
  readonly scale: number;
  readonly epsilon: number;
}

/** Updates `length` weights and both moments in place with the gradient, all at their addresses. */
export function adamStep(
  runtime: KernelRuntime,
  at: Readonly<Record<'WEIGHTS' | 'FIRST' | 'SECOND' | 'GRADIENT', number>>,
  length: number,
  { beta1, beta2, scale, epsilon }: AdamFactors,
): void {
  const factors = Float32Array.of(beta1, 1 - beta1, beta2, 1 - beta2, scale, epsilon);
  const [BETA1, REST1, BETA2, REST2, SCALE, EPSILON] = new Int32Array(factors.buffer);
  const bits = { BETA1, REST1, BETA2, REST2, SCALE, EPSILON };
  const parameters = words(Adam, { ...at, LENGTH: length, ...bits });
  runtime.run('adam', parameters, Math.ceil(length / ADAM_FLOATS), 0);
}
