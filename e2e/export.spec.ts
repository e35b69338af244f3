import { readFileSync } from 'node:fs';
import { PNG } from 'pngjs';
import { openVolume } from '../src/core/volume/index.ts';
import { expect, openApp, saveHeatmap, savePicture, test } from './app.ts';

test('the picture is a PNG for print with something in it', async ({ page }) => {
  await openApp(page);
  const download = await savePicture(page, 'PNG');
  expect(download.suggestedFilename()).toMatch(/\.png$/);
  const bytes = readFileSync(await download.path());
  const { width, height, data } = PNG.sync.read(bytes);
  expect(width).toBeGreaterThan(1400);
  expect(height).toBeGreaterThan(800);
  const colours = new Set<number>();
  for (let i = 0; i < data.length; i += 4 * 97) colours.add(data.readUInt32BE(i));
  expect(colours.size).toBeGreaterThan(200);
  expect(bytes.includes('Respond-CAM')).toBe(true);
});

test('a heatmap is saved on the grid of the input', async ({ page }) => {
  await openApp(page);
  const bytes = await saveHeatmap(page, 'Respond-CAM');
  const { volume } = openVolume(bytes, 'heatmap.mrc');
  expect(volume.shape).toEqual([40, 40, 40]);
  expect(volume.voxelSize).toEqual([10, 10, 10]);
  expect(Math.max(...volume.data)).toBeGreaterThan(0);
});

test('the picture can be copied', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await openApp(page);
  await page.keyboard.press('c');
  const types = () =>
    page.evaluate(async () => (await navigator.clipboard.read()).flatMap((item) => item.types));
  await expect.poll(types).toContain('image/png');
});
