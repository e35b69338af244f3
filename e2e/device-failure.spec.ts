import type { Page, Worker } from '@playwright/test';
import { choose, classRows, expect, openApp, test } from './app.ts';

/** The worker that computes, with a handle on every graphics device it will make. */
async function engineWorker(page: Page): Promise<Worker> {
  for (const worker of page.workers()) {
    const isEngine = await worker.evaluate(() => self.name === 'engine');
    if (!isEngine) continue;
    await worker.evaluate(() => {
      const { requestDevice } = GPUAdapter.prototype;
      GPUAdapter.prototype.requestDevice = async function keep(...given) {
        const device = await requestDevice.apply(this, given);
        Object.assign(self, { testedDevice: device });
        return device;
      };
    });
    return worker;
  }
  throw new Error('the page has no engine');
}

/** The engine's global scope with the handle. */
declare const testedDevice: GPUDevice;

const FAILURES: readonly [string, (worker: Worker) => Promise<void>, RegExp][] = [
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
  test(`goes on without a graphics device that ${what}, and says so`, async ({ page }) => {
    test.setTimeout(300_000);
    await openApp(page);
    const worker = await engineWorker(page);
    const backend = page.getByRole('combobox', { name: /^Computed by/ });
    await choose(page, /^Computed by/, 'WebGPU');
    await expect(backend).toContainText('WebGPU');
    await expect(classRows(page)).toHaveCount(23);
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
