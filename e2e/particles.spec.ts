import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeMrc } from '../src/core/mrc/index.ts';
import { openVolume } from '../src/core/volume/index.ts';
import { noise } from '../src/testing/random.ts';
import { downloaded, drop, expect, findings, openApp, test } from './app.ts';

const SHAPE = [48, 100, 150] as const;
/** First voxels of the samples in the tomogram, x, y, z. */
const PLACES = [
  { sample: '1AON-inf', at: [5, 10, 4] },
  { sample: '2GTL-inf', at: [55, 50, 4] },
  { sample: '1AON-inf', at: [105, 20, 4] },
] as const;

/** Samples at known places in noise, and the list of them in pixels of a quarter of the size. */
function tomogramAndList(): { readonly tomogram: string; readonly list: string } {
  const folder = mkdtempSync(join(tmpdir(), 'respond-cam-e2e-'));
  const [nz, ny, nx] = SHAPE;
  const data = noise(nz * ny * nx, 5).map((value) => 0.002 * value);
  const rows = PLACES.map(({ sample, at: [x0, y0, z0] }, i) => {
    const { volume } = openVolume(
      new Uint8Array(readFileSync(join('public', 'samples', `${sample}.mrc`))),
      sample,
    );
    for (let z = 0; z < 40; z++)
      for (let y = 0; y < 40; y++)
        for (let x = 0; x < 40; x++)
          data[((z0 + z) * ny + y0 + y) * nx + x0 + x] = volume.data[(z * 40 + y) * 40 + x];
    return `${[x0, y0, z0].map((at) => 4 * (at + 19.5)).join(' ')} ${i % 2 === 0 ? 1 : 2}`;
  });
  const star = [
    'data_particles',
    'loop_',
    '_rlnCoordinateX',
    '_rlnCoordinateY',
    '_rlnCoordinateZ',
    '_rlnClassNumber',
    '_rlnPixelSize',
    ...['_rlnAngleRot', '_rlnAngleTilt', '_rlnAnglePsi'],
    ...rows.map((row) => `${row} 2.5 0 0 0`),
    '9999 1 1 1 2.5 0 0 0',
    '',
  ];
  const tomogram = join(folder, 'TS_01.mrc');
  const list = join(folder, 'picks.star');
  writeFileSync(
    tomogram,
    writeMrc({ shape: SHAPE, data, voxelSize: [10, 10, 10], origin: [0, 0, 0] }),
  );
  writeFileSync(list, star.join('\n'));
  return { tomogram, list };
}

test('from a tomogram and a list to the explanation of one particle, and the list of the chosen', async ({
  page,
}) => {
  await openApp(page);
  const { tomogram, list } = tomogramAndList();
  await drop(page, list);
  await expect(page.getByText('Drop the tomogram that they stand in.')).toBeVisible();
  await drop(page, tomogram);
  const side = page.getByRole('complementary', { name: 'Particles' });
  await expect(side.getByText('3 of 4 stand in the tomogram')).toBeVisible();
  await expect(side.getByText('1 of 4 particles stand outside the tomogram')).toBeVisible();
  const slice = page.getByRole('application', { name: /^xy slice/ });
  await expect(slice).toHaveAttribute('aria-busy', 'false');
  await expect(page.getByRole('application', { name: /^zy slice/ })).toHaveAttribute(
    'aria-busy',
    'false',
  );

  await side.getByRole('button', { name: 'Score all particles' }).click();
  const rows = side.getByRole('table', { name: 'Particles' }).getByRole('row');
  await expect(rows.filter({ hasText: '1AON' })).toHaveCount(2);
  await expect(rows.filter({ hasText: '2GTL' })).toHaveCount(1);
  expect(await findings(page)).toEqual([]);

  await side.getByRole('button', { name: 'Average classes' }).click();
  const means = side.getByRole('region', { name: 'Means of the classes' }).getByRole('row');
  await expect(means.filter({ hasText: '1AON' })).toContainText('2 particles');
  await expect(means.filter({ hasText: '2GTL' }).locator('canvas')).toHaveCount(3);
  expect(await findings(page)).toEqual([]);
  // Angles of 0 turn nothing.
  await side.getByRole('switch', { name: 'Turn by angles' }).click();
  await side.getByRole('button', { name: 'Score again' }).click();
  await expect(rows.filter({ hasText: '1AON' })).toHaveCount(2);

  // Two clicks: the row, and E or a double click.
  await rows.filter({ hasText: '2GTL' }).click();
  await expect(page.getByRole('application', { name: 'xy slice at z = 23.5 nm' })).toBeVisible();
  await page.keyboard.press('e');
  await expect(page.getByText('Particle in row 2 of picks.star')).toBeVisible();
  await expect(page.getByText(/^Network says .*2GTL/)).toBeVisible();
  await page.keyboard.press(']');
  await expect(page.getByText('Particle in row 3 of picks.star')).toBeVisible();
  await page.keyboard.press('b');

  await side.getByRole('checkbox', { name: 'Select row 1' }).uncheck();
  const download = await downloaded(page, () =>
    side.getByRole('button', { name: '2 as .star' }).click(),
  );
  expect(download.suggestedFilename()).toBe('picks.chosen.star');
  const lines = readFileSync(await download.path(), 'utf8')
    .trim()
    .split('\n');
  expect(lines.slice(-2).map((line) => line.split(' ')[0])).toEqual(['298', '498']);
});
