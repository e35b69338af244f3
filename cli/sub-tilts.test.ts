import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { writeMrc } from '../src/core/mrc/index.ts';
import { multiplyVector } from '../src/core/particles/rotation.ts';
import { tiltMatrix } from '../src/core/subtilt/series.ts';
import { readBytes } from './files.ts';
import { runCommandLine } from './commands.ts';
import { loadTemplates } from './templates.ts';
import { recordingIo } from './test-io.ts';

const folder = mkdtempSync(join(tmpdir(), 'sub-tilts-'));
const list = join(folder, 'Extract/particles.star');
const ANGLES = Array.from({ length: 41 }, (_, i) => -60 + 3 * i);
const SIZE = 64;
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function run(...argv: string[]) {
  const { io, out, notes } = recordingIo();
  await runCommandLine(argv, io);
  return { out, notes };
}

const explain = (...more: string[]) =>
  run('explain', list, '--model', 'cnn-2-inf', '--backend', 'wasm', '--json', ...more);

function star(block: string, labels: readonly string[], rows: readonly string[]): string {
  return `data_${block}\n\nloop_\n${labels.map((l, i) => `_${l} #${i + 1}\n`).join('')}${rows.join('\n')}\n\n`;
}

const particles = (visible: string) =>
  star(
    'optics',
    ['rlnOpticsGroup', 'rlnImagePixelSize', 'rlnVoltage', 'rlnCtfDataAreCtfPremultiplied'],
    ['1 10 300 0'],
  ) +
  star(
    'particles',
    [
      'rlnTomoName',
      ...['X', 'Y', 'Z'].map((axis) => `rlnCenteredCoordinate${axis}Angst`),
      ...['rlnOpticsGroup', 'rlnImageName', 'rlnTomoVisibleFrames'],
    ],
    [`TS_01 0 0 0 1 Extract/1_stack2d.mrcs ${visible}`],
  );

/** Projects a template, its voxels spread over four pixels; bright, as RELION writes it. */
async function stack(): Promise<Float32Array> {
  const { volume } = (await loadTemplates()).find(({ id }) => id === '4V5A_70S')!;
  const out = new Float32Array(ANGLES.length * SIZE * SIZE);
  const [n] = volume.shape;
  for (const [t, angle] of ANGLES.entries()) {
    const m = tiltMatrix(0, angle, 0);
    for (let z = 0, at = 0; z < n; z++)
      for (let y = 0; y < n; y++)
        for (let x = 0; x < n; x++, at++) {
          const c = (n - 1) / 2;
          const [u, v] = multiplyVector(m, [x - c, y - c, z - c]).map((p) => p + SIZE / 2);
          const [iu, iv] = [Math.floor(u), Math.floor(v)];
          for (const [du, a] of [1 - (u - iu), u - iu].entries())
            for (const [dv, b] of [1 - (v - iv), v - iv].entries())
              out[(t * SIZE + iv + dv) * SIZE + iu + du] += a * b * volume.data[at];
        }
  }
  return out;
}

beforeAll(async () => {
  mkdirSync(join(folder, 'Extract'));
  mkdirSync(join(folder, 'tilt_series'));
  const visible = `[${ANGLES.map(() => 1).join(',')}]`;
  writeFileSync(list, particles(visible));
  writeFileSync(join(folder, 'Extract/short.star'), particles('[1,1,0]'));
  const seen = ANGLES.map((_, i) => (i === 0 || i === 7 ? 0 : 1));
  writeFileSync(join(folder, 'Extract/warp.star'), particles(`[${seen.join(',')}]`));
  writeFileSync(
    join(folder, 'tomograms.star'),
    star('global', ['rlnTomoName', 'rlnTomoTiltSeriesStarFile'], ['TS_01 tilt_series/TS_01.star']),
  );
  writeFileSync(
    join(folder, 'tilt_series/TS_01.star'),
    star(
      'TS_01',
      ['rlnTomoXTilt', 'rlnTomoYTilt', 'rlnTomoZRot', 'rlnTomoXShiftAngst', 'rlnTomoYShiftAngst'],
      ANGLES.map((angle) => `0 ${angle} 0 0 0`),
    ),
  );
  writeFileSync(
    join(folder, 'Extract/1_stack2d.mrcs'),
    writeMrc({
      data: await stack(),
      shape: [ANGLES.length, SIZE, SIZE],
      voxelSize: [10, 10, 10],
      origin: [0, 0, 0],
    }),
  );
}, 60_000);

it('explains a particle from its projections and their tilts alone', async () => {
  const { out, notes } = await explain('--invert');
  const { predicted, scores, input } = JSON.parse(out[0]);
  // The network knows contrast transfer, which these projections lack: a ribosome or the like.
  expect([8, 9, 10, 7]).toContain(predicted);
  expect(scores).toHaveLength(23);
  expect(input).toMatchObject({ volumes: 1, particle: { row: 1, position: [0, 0, 0] } });
  expect(notes.join('\n')).toMatch(/41 projections of 64 x 64 pixels of 10 Å projected back/);
}, 60_000);

it('takes from a stack of all tilts, as Warp writes it, those that the particle is seen in', async () => {
  const { notes } = await run(
    ...['explain', join(folder, 'Extract/warp.star'), '--model', 'cnn-2-inf', '--backend', 'wasm'],
    ...['--invert', '--voxel-size', '9'],
  );
  expect(notes.join('\n')).toMatch(/39 projections of 64 x 64 pixels of 9 Å projected back/);
}, 60_000);

it('never reads a stack of projections as a volume', async () => {
  const file = join(folder, 'Extract/1_stack2d.mrcs');
  await expect(run('explain', file, '--model', 'cnn-2-inf', '--backend', 'wasm')).rejects.toThrow(
    /41 separate images/,
  );
});

it('says what is missing', async () => {
  const short = join(folder, 'Extract/short.star');
  const ask = (path: string, ...more: string[]) =>
    run('explain', path, '--model', 'cnn-2-inf', '--backend', 'wasm', ...more);
  await expect(ask(short)).rejects.toThrow(
    /row 1 says of 3 images whether it is seen in them, and the tilt series of TS_01 has 41/,
  );
  await expect(explain('--tilts', 'none.star')).rejects.toThrow(/none.star: there is no such file/);
  await expect(explain('--volume', '2')).rejects.toThrow(/there is no particle 2, 1 can be read/);
  await expect(explain('--oriented')).rejects.toThrow(
    /it has no angles; accepted: without --oriented/,
  );
  const apart = mkdtempSync(join(tmpdir(), 'apart-'));
  try {
    const alone = join(apart, 'particles.star');
    writeFileSync(alone, await readBytes(list));
    await expect(ask(alone)).rejects.toThrow(
      /particles are stacks of projections, and the tilts they were taken at are not known; accepted: .*--tilts FILE/,
    );
    await expect(ask(alone, '--tilts', join(folder, 'tomograms.star'))).rejects.toThrow(
      /1_stack2d.mrcs: this stack of projections, which .* names, is not there/,
    );
  } finally {
    rmSync(apart, { recursive: true });
  }
}, 60_000);
