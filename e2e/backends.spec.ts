import { openVolume } from '../src/core/volume/index.ts';
import { choose, classRows, expect, openApp, saveHeatmap, test } from './app.ts';

/** Looked at in between, so that the volume compared is new to each backend. */
const OTHERS: Readonly<Record<string, RegExp>> = {
  WebAssembly: /26S proteasome/,
  WebGPU: /20S proteasome/,
};

test('WebGPU and WebAssembly give the same heatmaps', async ({ page }) => {
  test.setTimeout(300_000);
  await openApp(page);
  const backend = page.getByRole('combobox', { name: /^Computed by/ });
  await expect(backend).toContainText('WebAssembly');
  const maps: Record<string, Float32Array[]> = {};
  for (const name of ['WebAssembly', 'WebGPU']) {
    await choose(page, /^Computed by/, name);
    await expect(backend).toContainText(name);
    // A volume that this backend has not been asked about yet.
    await choose(page, 'Volume', OTHERS[name]);
    await choose(page, 'Volume', /RuBisCO/);
    await expect(classRows(page).first()).toBeVisible();
    await expect(page.getByRole('progressbar')).toHaveCount(0, { timeout: 120_000 });
    maps[name] = [];
    for (const method of ['Grad-CAM', 'Respond-CAM']) {
      const bytes = await saveHeatmap(page, method);
      const { volume } = openVolume(bytes, 'heatmap.mrc');
      maps[name].push(volume.data as Float32Array);
    }
  }
  for (const [i, reference] of maps.WebAssembly.entries()) {
    const peak = reference.reduce((m, v) => Math.max(m, Math.abs(v)), 0);
    expect(peak).toBeGreaterThan(0);
    const worst = maps.WebGPU[i].reduce((m, v, at) => Math.max(m, Math.abs(v - reference[at])), 0);
    expect(worst / peak).toBeLessThan(1e-3);
  }
});
