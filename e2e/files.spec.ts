import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { classRows, drop, expect, fixture, openApp, openFacts, test } from './app.ts';

const SUBTOMOGRAM = fixture('mrc', 'generated-with-mrcfile', 'subtomo40_f32.mrc');
const EMDB_MAP = fixture('mrc', 'mrcfile', 'EMD-3197.map');

test('dropped volumes are explained, stepped through and fitted to the network', async ({
  page,
}) => {
  await openApp(page);
  const before = await classRows(page).first().textContent();
  await drop(page, SUBTOMOGRAM);
  const volume = page.getByRole('combobox', { name: 'Volume', exact: true });
  await expect(volume).toContainText('subtomo40_f32');
  await openFacts(page);
  await expect(page.getByLabel('Volumes', { exact: true })).toContainText('40³ voxels');
  await expect.poll(() => classRows(page).first().textContent()).not.toBe(before);

  await drop(page, EMDB_MAP);
  await expect(volume).toContainText('EMD-3197');
  await page
    .getByRole('radiogroup', { name: "Fit to the network's box" })
    .getByRole('radio', { name: 'Resample' })
    .click();
  await expect(page.getByRole('list', { name: 'What was done' })).toContainText(/[Rr]esampled/);
  await expect(classRows(page)).toHaveCount(23);
  await page.keyboard.press('[');
  await expect(volume).toContainText('subtomo40_f32');

  await drop(page, fixture('mrc', 'generated-with-mrcfile', 'subtomo40_f32.mrc'), EMDB_MAP);
  await expect(page.getByRole('button', { name: /^EMD-3197/ })).toHaveCount(2);
});

test('a dropped network replaces the one in use, whatever its weight file is called', async ({
  page,
}, info) => {
  await openApp(page);
  const folder = fixture('cam', 'tiny_cnn2', 'tfjs');
  const model = JSON.parse(readFileSync(`${folder}/model.json`, 'utf8'));
  model.weightsManifest[0].paths = ['w#1 50%?.bin'];
  const weights = info.outputPath('w#1 50%?.bin');
  mkdirSync(dirname(weights), { recursive: true });
  copyFileSync(`${folder}/weights.bin`, weights);
  writeFileSync(info.outputPath('model.json'), JSON.stringify(model));
  await drop(page, info.outputPath('model.json'), weights);
  await openFacts(page);
  await page
    .getByRole('radiogroup', { name: "Fit to the network's box" })
    .getByRole('radio', { name: 'Crop' })
    .click();
  await expect(classRows(page)).toHaveCount(5);
});
