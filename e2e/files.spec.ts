import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { classRows, drop, expect, fixture, openApp, openFacts, test } from './app.ts';

const SUBTOMOGRAM = fixture('mrc', 'generated-with-mrcfile', 'subtomo40_f32.mrc');
const EMDB_MAP = fixture('mrc', 'mrcfile', 'EMD-3197.map');

test('a dropped subtomogram is shown and explained', async ({ page }) => {
  await openApp(page);
  const before = await classRows(page).first().textContent();
  await drop(page, SUBTOMOGRAM);
  await expect(page.getByRole('combobox', { name: 'Volume', exact: true })).toContainText(
    'subtomo40_f32',
  );
  await openFacts(page);
  await expect(page.getByLabel('Volumes', { exact: true })).toContainText('40³ voxels');
  await expect.poll(() => classRows(page).first().textContent()).not.toBe(before);
});

test('an EMDB map asks for the step that fits it to the network, and says what it did', async ({
  page,
}) => {
  await openApp(page);
  await drop(page, EMDB_MAP);
  await expect(page.getByRole('combobox', { name: 'Volume', exact: true })).toContainText(
    'EMD-3197',
  );
  await openFacts(page);
  await page
    .getByRole('radiogroup', { name: "Fit to the network's box" })
    .getByRole('radio', { name: 'Resample' })
    .click();
  await expect(page.getByRole('list', { name: 'What was done' })).toContainText(/[Rr]esampled/);
  await expect(classRows(page)).toHaveCount(23);
});

test('several volumes are opened at once and stepped through', async ({ page }) => {
  await openApp(page);
  await drop(page, SUBTOMOGRAM, EMDB_MAP);
  const volume = page.getByRole('combobox', { name: 'Volume', exact: true });
  await expect(volume).toContainText(/subtomo40|EMD-3197/);
  const first = (await volume.textContent()) ?? '';
  await page.keyboard.press('[');
  await expect(volume).not.toHaveText(first);
});

test('a bad file is refused in a sentence and nothing is lost', async ({ page }) => {
  await openApp(page);
  const before = await classRows(page).first().textContent();
  await drop(page, fixture('mrc', 'generated-with-mrcfile', 'bad_huge_nx.mrc'));
  const alert = page.getByRole('alert').filter({ hasText: 'bad_huge_nx.mrc' });
  await expect(alert).toBeVisible();
  await expect(alert).toContainText('accepted');
  expect(await classRows(page).first().textContent()).toBe(before);
});

test('a dropped network replaces the one in use', async ({ page }) => {
  await openApp(page);
  const folder = fixture('cam', 'tiny_cnn2', 'tfjs');
  await drop(page, `${folder}/model.json`, `${folder}/weights.bin`);
  await openFacts(page);
  await page
    .getByRole('radiogroup', { name: "Fit to the network's box" })
    .getByRole('radio', { name: 'Crop' })
    .click();
  await expect(classRows(page)).toHaveCount(5);
});

const SIDECARS: readonly (readonly [what: string, sidecar: string, words: RegExp])[] = [
  ['null', 'null', /respond-cam\.json: this is null; accepted: a JSON object/],
  ['an object as title', '{"title":{"a":1}}', /"title" is an object; accepted: text of one line/],
  ['objects as classes', '{"classes":[{},{},{},{},{}]}', /"classes\[0\]" is an object; accepted/],
  ['an absurd voxel size', '{"voxelSize":4294967296}', /"voxelSize" is 4294967296; accepted/],
];

test('a network with a faulty respond-cam.json is refused in a sentence and nothing is lost', async ({
  page,
}, info) => {
  await openApp(page);
  const before = await classRows(page).first().textContent();
  const folder = fixture('cam', 'tiny_cnn2', 'tfjs');
  const sidecar = info.outputPath('respond-cam.json');
  mkdirSync(dirname(sidecar), { recursive: true });
  for (const [, text, words] of SIDECARS) {
    writeFileSync(sidecar, text);
    await drop(page, `${folder}/model.json`, `${folder}/weights.bin`, sidecar);
    await expect(page.getByRole('alert').filter({ hasText: words })).toBeVisible();
    expect(await classRows(page).first().textContent()).toBe(before);
  }
});

test('weight files may have any name', async ({ page }, info) => {
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
