import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeMrc } from '../src/core/mrc/index.ts';
import { openVolume } from '../src/core/volume/index.ts';
import { noise } from '../src/testing/random.ts';
import { downloaded, drop, expect, findings, fixture, openApp, openFacts, test } from './app.ts';

/** A volume for the network, which takes 16³: by default of four tiles and more. */
function tomogram(shape: readonly [number, number, number] = [20, 30, 24]): string {
  const path = join(mkdtempSync(join(tmpdir(), 'respond-cam-e2e-')), 'tomogram.mrc');
  const data = noise(shape[0] * shape[1] * shape[2], 3);
  writeFileSync(path, writeMrc({ shape, data, voxelSize: [10, 10, 10], origin: [0, 0, 0] }));
  return path;
}

test('a network runs over a larger volume, and says why a component is there', async ({ page }) => {
  await openApp(page);
  await drop(page, tomogram(), fixture('checkpoints/deepfinder/net_weights_FINAL.h5'));
  await expect(page.getByText('Larger than one tile')).toBeVisible();
  await page.getByRole('button', { name: 'Segment the whole' }).click();

  const found = page.getByRole('complementary', { name: 'What was found' });
  await expect(found.getByRole('heading', { name: /^\d+ components?$/ })).toBeVisible();
  const rows = found.getByRole('button', { name: /^class \d/ });
  await expect(rows.first()).toHaveAttribute('aria-current', 'true');
  await expect(page.getByRole('application', { name: /in 3D/ })).toHaveAttribute(
    'aria-busy',
    'false',
  );
  expect(await findings(page)).toEqual([]);

  // The keyboard goes from one to the next, the list follows.
  if ((await rows.count()) > 1) {
    await page.keyboard.press(']');
    await page.keyboard.press(']');
    await expect(rows.first()).toHaveAttribute('aria-current', 'false');
    await rows.first().click();
  }
  await found.getByRole('button', { name: /^Why is this class/ }).click();
  await expect(page.getByText(/around component 1/)).toContainText('outlined');
  await expect(page.getByText(/^Network gives most to/)).toBeVisible();
  await expect(page.getByText('Explains: segmented voxels')).toBeVisible();
  const show = page.getByRole('button', { name: 'Show HiResCAM' });
  await expect(show).toBeHidden();
  await page.keyboard.press('Control+z');
  await expect(show).toBeVisible();
  await show.click();
  await expect(show).toBeHidden();

  await page.keyboard.press('b');
  await expect(found).toBeVisible();
  await found.getByRole('button', { name: 'Explain', exact: true }).click();
  await expect(page.getByText(/around voxel .*: why not class/)).toBeVisible();
  await expect(page.getByText(/^Network gives most to/)).toContainText('1 voxel');
  await page.getByRole('button', { name: 'Back to the whole volume' }).click();

  const save = async (label: string) => {
    const button = page.getByRole('button', { name: label, exact: true });
    return readFileSync(await (await downloaded(page, () => button.click())).path());
  };
  const { volume } = openVolume(new Uint8Array(await save('MRC')), 'labels.mrc');
  expect(volume).toMatchObject({ shape: [20, 30, 24], voxelSize: [10, 10, 10] });
  const lines = (await save('CSV')).toString().trim().split('\n');
  const voxels = lines.slice(1).reduce((sum, line) => sum + Number(line.split(',')[3]), 0);
  expect(volume.data.filter((label) => label > 0)).toHaveLength(voxels);

  // A class can be left out, and all of it forgotten with its volume.
  await page.getByRole('checkbox').first().uncheck();
  await page.getByRole('link', { name: 'Explain' }).click();
  await openFacts(page);
  await page.getByRole('button', { name: 'Close tomogram.mrc' }).click();
  await page.getByRole('link', { name: 'Segment' }).click();
  await expect(page.getByText('What does the network find in a whole volume')).toBeVisible();
});

test('the segmentation of a volume can be cancelled', async ({ page }) => {
  await openApp(page);
  // Enough tiles that it is still running when it is cancelled.
  const large = tomogram([48, 112, 112]);
  await drop(page, large, fixture('checkpoints/deepfinder/net_weights_FINAL.h5'));
  await page.getByRole('button', { name: 'Segment the whole' }).click();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect(page.getByRole('button', { name: 'Segment the volume' })).toBeVisible();
});
