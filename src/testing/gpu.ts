import { describe } from 'vitest';
import type { NodeGpu } from '../engine/node-gpu.ts';

export { installNodeGpu } from '../engine/node-gpu.ts';

/**
 * A group of tests that need a graphics adapter. The mark in its name lets `npm test` count those that ran
 * and those that did not, with the adapter or the reason.
 */
export function describeOnGpu(gpu: NodeGpu, name: string, tests: () => void): void {
  const mark = gpu.adapter ? `GPU: ${gpu.adapter}` : `no GPU: ${gpu.why}`;
  describe.runIf(gpu.adapter)(`${name} [${mark}]`, tests);
}
