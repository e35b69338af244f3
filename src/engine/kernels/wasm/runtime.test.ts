import { expect, it } from 'vitest';
import { KernelRuntime } from './runtime.ts';
import { GENERATION, PENDING } from './thread.ts';

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

it('helper threads take an operation once, even when they are woken twice', async () => {
  const runtime = await KernelRuntime.create(3);
  const { control } = runtime as unknown as { control: Int32Array<SharedArrayBuffer> };
  expect(runtime.threads).toBe(3);
  // What `run` does when it is interrupted between raising the generation and waking the threads.
  let woken = 0;
  for (let i = 0; i < 20 && woken === 0; i++) {
    await pause(10);
    woken = Atomics.notify(control, GENERATION);
  }
  expect(woken).toBeGreaterThan(0);
  await pause(50);
  expect(Atomics.load(control, PENDING)).toBe(0);
  runtime.dispose();
});
