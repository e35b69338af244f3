import type { Page, Worker } from '@playwright/test';
import { openVolume } from '../src/core/volume/index.ts';
import { choose, classRows, engineWorker, expect, openApp, saveHeatmap, test } from './app.ts';

/** Looked at in between, so that the volume compared is new to each backend. */
const OTHERS: Readonly<Record<string, RegExp>> = {
  WebAssembly: /26S proteasome/,
  WebGPU: /20S proteasome/,
};

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

/** Both heatmaps of RuBisCO by a backend that has not been asked about it yet. */
async function mapsBy(page: Page, name: string): Promise<Float32Array[]> {
  const backend = page.getByRole('combobox', { name: /^Computed by/ });
  await choose(page, /^Computed by/, name);
  await expect(backend).toContainText(name);
  await choose(page, 'Volume', OTHERS[name]);
  await choose(page, 'Volume', /RuBisCO/);
  await expect(classRows(page).first()).toBeVisible({ timeout: 120_000 });
  await expect(page.getByRole('progressbar')).toHaveCount(0, { timeout: 120_000 });
  const maps: Float32Array[] = [];
  for (const method of ['Grad-CAM', 'Respond-CAM']) {
    const bytes = await saveHeatmap(page, method);
    maps.push(openVolume(bytes, 'heatmap.mrc').volume.data as Float32Array);
  }
  return maps;
}

test('WebGPU gives the heatmaps of WebAssembly, which computes when the device is lost', async ({
  page,
}) => {
  test.setTimeout(300_000);
  await openApp(page);
  const worker = await engineWorker(page);
  await watchDevices(worker);
  const backend = page.getByRole('combobox', { name: /^Computed by/ });
  await expect(backend).toContainText('WebAssembly');
  const references = await mapsBy(page, 'WebAssembly');
  const found = await mapsBy(page, 'WebGPU');
  for (const [i, reference] of references.entries()) {
    const peak = reference.reduce((m, v) => Math.max(m, Math.abs(v)), 0);
    expect(peak).toBeGreaterThan(0);
    const worst = found[i].reduce((m, v, at) => Math.max(m, Math.abs(v - reference[at])), 0);
    expect(worst / peak).toBeLessThan(1e-3);
  }

  await worker.evaluate(() => testedDevice.destroy());
  await choose(page, 'Volume', /GroEL/);
  await expect(
    page
      .getByRole('status')
      .or(page.getByRole('alert'))
      .filter({ hasText: /graphics device was lost \(.*\)\. WebAssembly computes/ }),
  ).toBeVisible({ timeout: 120_000 });
  await expect(backend).toContainText('WebAssembly');
  await expect(classRows(page).first()).toContainText('GroEL');
});
