import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { TestInfo } from '@playwright/test';
import { PNG } from 'pngjs';
import { classRows, drop, expect, fixture, openApp, openFacts, test } from './app.ts';

/** A colour picture, 64 x 48, brighter towards the right and redder towards the bottom. */
function picture(info: TestInfo): string {
  const png = new PNG({ width: 64, height: 48 });
  for (let y = 0; y < 48; y++) {
    for (let x = 0; x < 64; x++) png.data.set([5 * y, 4 * x, 40, 255], 4 * (64 * y + x));
  }
  const path = info.outputPath('gradient.png');
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, PNG.sync.write(png));
  return path;
}

test('a picture is no dead end with a network of volumes, and explained by one of images', async ({
  page,
}, info) => {
  await openApp(page);
  await drop(page, picture(info));
  await expect(page.getByRole('heading', { name: 'A picture, not a volume' })).toBeVisible();
  await expect(page.getByText(/holds a picture; .* takes volumes/)).toBeVisible();
  await drop(page, fixture('import/onnx/convnext2d/model.onnx'));
  await expect(page.getByText(/^Network says class \d/)).toBeVisible();
  await expect(classRows(page)).toHaveCount(5);
  await openFacts(page);
  const done = page.getByRole('list', { name: 'What was done' });
  await expect(done).toContainText('from 64 × 48');
  await expect(done).toContainText("ImageNet's mean");
  await expect(page.getByLabel('Facts of this volume')).toContainText('64 × 48 pixels');
  // One slice for each column, and no 3D view.
  await expect(page.getByRole('application', { name: /slice 32 × 32, Picture/ })).toHaveCount(3);
  await expect(page.getByRole('region', { name: 'Input' }).locator('canvas')).toHaveCount(2);

  const before = await classRows(page).first().textContent();
  await page.getByRole('combobox', { name: 'Normalisation' }).click();
  await page.getByRole('option', { name: '−1 to 1' }).click();
  await expect.poll(() => classRows(page).first().textContent()).not.toBe(before);
});

test('sections of a volume go into a network of images one by one', async ({ page }) => {
  await openApp(page);
  await drop(page, fixture('import/onnx/regress2d/model.onnx'));
  await expect(page.getByRole('heading', { name: 'Choose how it fits' })).toBeVisible();
  await page.getByRole('button', { name: 'Crop or pad' }).click();
  await openFacts(page);
  const done = page.getByRole('list', { name: 'What was done' });
  await expect(done).toContainText('Section 21 of 40 was taken.');
  await expect(classRows(page)).toHaveCount(3);
  await page.getByLabel('Section, 1 to 40').fill('12');
  await page.keyboard.press('Enter');
  await expect(done).toContainText('Section 12 of 40 was taken.');
});
