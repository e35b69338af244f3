import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Page } from '@playwright/test';
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

  await side.getByRole('textbox', { name: 'Score to' }).fill('-1000');
  await page.keyboard.press('Enter');
  await expect(side.getByText('The filter lets no particle through.')).toBeVisible();
  await side.getByRole('button', { name: 'List all' }).click();
  await expect(rows.filter({ hasText: '1AON' })).toHaveCount(2);

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

test('the folder of a copick run opens with all its picks, one of RELION 5 with its stacks of projections', async ({
  page,
}) => {
  await openApp(page);
  const picks = (object: string, x: number) => ({
    path: `TS_9/Picks/me_0_${object}.json`,
    text: JSON.stringify({
      ...{ pickable_object_name: object, user_id: 'me', session_id: '0', run_name: 'TS_9' },
      ...{ unit: 'angstrom', points: [{ location: { x, y: 30, z: 30 } }] },
    }),
  });
  const array = { zarr_format: 2, shape: [8, 8, 8], chunks: [8, 8, 8], dtype: '|u1' };
  const scale = [{ type: 'scale', scale: [10, 10, 10] }];
  const axes = ['z', 'y', 'x'].map((name) => ({ name, type: 'space', unit: 'angstrom' }));
  const datasets = [{ path: '0', coordinateTransformations: scale }];
  const zarr = 'TS_9/VoxelSpacing10.000/wbp.zarr';
  const files = [
    { path: `${zarr}/.zgroup`, text: '{"zarr_format": 2}' },
    { path: `${zarr}/.zattrs`, text: JSON.stringify({ multiscales: [{ axes, datasets }] }) },
    {
      path: `${zarr}/0/.zarray`,
      text: JSON.stringify({
        ...{ ...array, compressor: null, filters: null, fill_value: 0, order: 'C' },
        dimension_separator: '/',
      }),
    },
    { path: `${zarr}/0/0/0/0`, text: 'abcdefgh'.repeat(64) },
    picks('apoferritin', 20),
    picks('ribosome', 60),
  ];
  const folder = mkdtempSync(join(tmpdir(), 'respond-cam-e2e-'));
  for (const { path, text } of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  await dropFolder(page, join(folder, 'TS_9'));
  const side = page.getByRole('complementary', { name: 'Particles' });
  await expect(side.getByText('TS_9 wbp.zarr')).toBeVisible();
  await expect(side.getByText('2 of 2 stand in the tomogram')).toBeVisible();
  const rows = side.getByRole('table', { name: 'Particles' }).getByRole('row');
  await expect(rows.filter({ hasText: 'apoferritin' })).toHaveCount(1);
  await expect(rows.filter({ hasText: 'ribosome' })).toHaveCount(1);
  const download = await downloaded(page, () =>
    side.getByRole('button', { name: '2 as .zip' }).click(),
  );
  expect(download.suggestedFilename()).toBe('me_0.chosen.zip');

  await dropFolder(page, relionProject());
  await expect(side.getByText('2 particles; the projections of 2 are there')).toBeVisible();
  const view = page.getByRole('region', { name: 'The particle and its projections' });
  await expect(view.getByText('5 projections of 16 x 16 pixels of 10 Å')).toBeVisible();
  await expect(view.getByRole('listitem')).toHaveCount(5);
  await expect(page.getByRole('application')).toHaveCount(0);
  expect(await findings(page)).toEqual([]);
  // Two clicks.
  await rows.filter({ hasText: 'row 2' }).click();
  await page.keyboard.press('e');
  await expect(page.getByText('Particle in row 2 of particles.star')).toBeVisible();
});

/** Two particles in noise as RELION 5 extracts them: stacks of projections, with the tilts in other files. */
function relionProject(): string {
  const folder = join(mkdtempSync(join(tmpdir(), 'respond-cam-e2e-')), 'project');
  const table = (name: string, labels: readonly string[], rows: readonly string[]) =>
    [`data_${name}`, 'loop_', ...labels.map((label) => `_${label}`), ...rows, '', ''].join('\n');
  const optics = ['rlnOpticsGroup', 'rlnImagePixelSize', 'rlnVoltage'];
  const labels = ['rlnTomoName', 'rlnImageName', 'rlnTomoVisibleFrames', 'rlnOpticsGroup'];
  const centred = ['X', 'Y', 'Z'].map((axis) => `rlnCenteredCoordinate${axis}Angst`);
  const texts = {
    'Extract/particles.star':
      table('optics', optics, ['1 10 300']) +
      table(
        'particles',
        [...labels, ...centred],
        [1, 2].map((n) => `TS_1 Extract/TS_1/${n}_stack2d.mrcs [1,1,1,1,1] 1 0 0 0`),
      ),
    'tomograms.star': table(
      'global',
      ['rlnTomoName', 'rlnTomoTiltSeriesStarFile'],
      ['TS_1 tilts/TS_1.star'],
    ),
    'tilts/TS_1.star': table(
      'TS_1',
      ['rlnTomoYTilt', 'rlnTomoZRot'],
      [-40, -20, 0, 20, 40].map((angle) => `${angle} 85`),
    ),
  };
  const stack = (seed: number) =>
    writeMrc({
      ...{ shape: [5, 16, 16], voxelSize: [10, 10, 10], origin: [0, 0, 0] },
      data: noise(5 * 16 * 16, seed),
    });
  const files = Object.entries({
    ...texts,
    ...{ 'Extract/TS_1/1_stack2d.mrcs': stack(1), 'Extract/TS_1/2_stack2d.mrcs': stack(2) },
  });
  for (const [path, content] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  return folder;
}

/** Drops a folder of the disk, as a file manager does. */
async function dropFolder(page: Page, folder: string): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const data = { items: [], files: [folder], dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
    await session.send('Input.dispatchDragEvent', { type, x: 400, y: 400, data });
  await session.detach();
}
