import type { Worker } from '@playwright/test';
import { choose, classRows, engineWorker, expect, openApp, test } from './app.ts';

/** Keeps a handle on every graphics device that the worker will make. */
async function watchDevices(worker: Worker): Promise<void> {
  await worker.evaluate(() => {
    const { requestDevice } = GPUAdapter.prototype;
    GPUAdapter.prototype.requestDevice = async function keep(...given) {
      const device = await requestDevice.apply(this, given);
      Object.assign(self, { testedDevice: device });
      return device;
    };
  });
}

/** The engine's global scope with the handle. */
declare const testedDevice: GPUDevice;

const FAILURES: readonly [what: string, harm: (worker: Worker) => Promise<void>, words: RegExp][] =
  [
    [
      'is lost',
      (worker) => worker.evaluate(() => testedDevice.destroy()),
      /graphics device was lost \(.*\)\. WebAssembly computes/,
    ],
    [
      'runs out of memory',
      (worker) =>
        worker.evaluate(() => {
          const device = testedDevice;
          const create = device.createBuffer.bind(device);
          const absurd = { size: device.limits.maxBufferSize, usage: GPUBufferUsage.STORAGE };
          device.createBuffer = (given) => {
            // Address space alone: nothing is written to it.
            for (let i = 0; i < 16; i++) create(absurd);
            device.createBuffer = create;
            return create(given);
          };
        }),
      /graphics device ran out of memory \(.*\); close other programs .* WebAssembly computes/,
    ],
  ];

for (const [what, harm, words] of FAILURES) {
  test(`continues without a WebGPU device that ${what}, and says so`, async ({ page }) => {
    test.setTimeout(300_000);
    await openApp(page);
    const worker = await engineWorker(page);
    await watchDevices(worker);
    const backend = page.getByRole('combobox', { name: /^Computed by/ });
    await choose(page, /^Computed by/, 'WebGPU');
    await expect(backend).toContainText('WebGPU');
    await expect(classRows(page)).toHaveCount(23, { timeout: 120_000 });
    await expect(page.getByRole('progressbar')).toHaveCount(0, { timeout: 120_000 });

    await harm(worker);
    await choose(page, 'Volume', /RuBisCO/);
    await expect(
      page.getByRole('status').or(page.getByRole('alert')).filter({ hasText: words }),
    ).toBeVisible({ timeout: 120_000 });
    await expect(backend).toContainText('WebAssembly');
    await expect(classRows(page).first()).toContainText('RuBisCO');
  });
}
