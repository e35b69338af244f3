import { readFileSync } from 'node:fs';
import { PNG } from 'pngjs';
import { expect, openApp, savePicture, test } from './app.ts';

test('the picture is a PNG for print with something in it, and can be copied', async ({
  page,
  context,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
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

  await page.keyboard.press('c');
  const types = () =>
    page.evaluate(async () => (await navigator.clipboard.read()).flatMap((item) => item.types));
  await expect.poll(types).toContain('image/png');
});
