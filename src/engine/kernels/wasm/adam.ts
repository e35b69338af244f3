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

/** Floats of each array that are brought into the arena at a time (1 MiB: all four stay in cache). */
const CHUNK = 1 << 18;

/** Updates weights `w` and moments `m`, `v` in place with the gradient `g`, all of one length. */
export function adamStep(
  runtime: KernelRuntime,
  w: Float32Array,
  m: Float32Array,
  v: Float32Array,
  g: Float32Array,
  { beta1, beta2, scale, epsilon }: AdamFactors,
): void {
  const factors = Float32Array.of(beta1, 1 - beta1, beta2, 1 - beta2, scale, epsilon);
  const [BETA1, REST1, BETA2, REST2, SCALE, EPSILON] = new Int32Array(factors.buffer);
  const bits = { BETA1, REST1, BETA2, REST2, SCALE, EPSILON };
  for (let from = 0; from < w.length; from += CHUNK) {
    const count = Math.min(CHUNK, w.length - from);
    const part = (array: Float32Array) => array.subarray(from, from + count);
    runtime.reset();
    const [WEIGHTS, FIRST, SECOND, GRADIENT] = [w, m, v, g].map((all) => runtime.write(part(all)));
    const at = { WEIGHTS, FIRST, SECOND, GRADIENT };
    const parameters = words(Adam, { ...at, LENGTH: count, ...bits });
    runtime.run('adam', parameters, Math.ceil(count / ADAM_FLOATS), 0);
    part(w).set(runtime.floats(WEIGHTS, count));
    part(m).set(runtime.floats(FIRST, count));
    part(v).set(runtime.floats(SECOND, count));
  }
}
