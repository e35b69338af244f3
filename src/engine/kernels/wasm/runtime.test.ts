import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Helper } from './start.ts';
import type { KernelRuntime } from './runtime.ts';
import { startRuntime } from './testing.ts';
import { ACTIVE, FAILED, GENERATION, OPEN } from './thread.ts';

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const FLOATS = 16384;
const TASKS = 8;

/** What the tests reach behind the public face. */
interface Inside {
  readonly control: Int32Array<SharedArrayBuffer>;
  readonly helpers: readonly Helper[];
  readonly exports: { adam(parameters: number, task: number): void };
}

let runtime: KernelRuntime;
let inside: Inside;

beforeEach(async () => {
  ({ runtime } = await startRuntime(3));
  inside = runtime as unknown as Inside;
});

afterEach(() => runtime.dispose());

/** One step of Adam with unit gradients and no memory, which moves every weight from 0 to -1. */
function step(): number[] {
  return runtime.operate(() => {
    const count = TASKS * FLOATS;
    const [w, m, v, g] = [0, 0, 0, 1].map((value) => {
      const at = runtime.allocate(count * 4);
      runtime.floats(at, count).fill(value);
      return at;
    });
    const factors = new Int32Array(Float32Array.of(0, 1, 0, 1, 1, 0).buffer);
    runtime.run('adam', Int32Array.of(w, m, v, g, count, ...factors), TASKS, 0);
    return [...new Set(runtime.floats(w, count))];
  });
}

/** Weights beyond the memory: a trap in whatever thread takes the task. */
function trap(): void {
  const beyond = 0x70000000;
  const parameters = Int32Array.of(beyond, beyond, beyond, beyond, TASKS * FLOATS);
  runtime.run('adam', parameters, TASKS, 0);
}

it('helper threads that are woken without an operation enter none', async () => {
  const { control } = inside;
  expect(runtime.threads).toBe(3);
  // What `run` does when it is interrupted between raising the generation and waking the threads.
  let woken = 0;
  for (let i = 0; i < 20 && woken === 0; i++) {
    await pause(10);
    woken = Atomics.notify(control, GENERATION);
  }
  Atomics.add(control, GENERATION, 1);
  Atomics.notify(control, GENERATION);
  expect(woken).toBeGreaterThan(0);
  await pause(50);
  expect(Atomics.load(control, ACTIVE)).toBe(0);
  expect(step()).toEqual([-1]);
});

it('a trap is thrown, and the next operation works', () => {
  expect(trap).toThrow(/out of bounds|failed in adam/);
  expect(Atomics.load(inside.control, OPEN)).toBe(0);
  expect(step()).toEqual([-1]);
});

it('a trap in a helper thread alone is thrown where the operation was called', () => {
  const own = inside.exports;
  // The caller stands still in its first task until a helper thread has failed.
  const exports = {
    ...own,
    adam: () => {
      const end = performance.now() + 10_000;
      while (Atomics.load(inside.control, FAILED) === 0 && performance.now() < end);
    },
  };
  Object.assign(runtime, { exports });
  expect(trap).toThrow(/^A helper thread of the wasm kernels failed in adam\.$/);
  Object.assign(runtime, { exports: own });
  expect(step()).toEqual([-1]);
});

it('continues with the threads that are left', async () => {
  for (const helper of inside.helpers) await helper.terminate();
  expect(step()).toEqual([-1]);
});

it('a helper thread that stops inside an operation is an error, not a wait for ever', () => {
  Atomics.add(inside.control, ACTIVE, 1);
  runtime.patience = 50;
  expect(step).toThrow(/stopped answering in adam/);
  expect(runtime.threads).toBe(1);
  expect(step()).toEqual([-1]);
});
