import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withFile } from '../cli/files.ts';
import { createBoxScorer } from '../cli/pick-boxes.ts';
import { resolveModel } from '../cli/models.ts';
import { writeMrc } from '../src/core/mrc/index.ts';
import { PARTICLE_WRITERS, readParticles } from '../src/core/particles/index.ts';
import { boxAt, windowCount } from '../src/core/picking/index.ts';
import { createRandom } from '../src/core/simulate/random.ts';
import { normalize, openSource, type Shape3, toFloat32 } from '../src/core/volume/index.ts';
import { createNodeEngine } from '../src/engine/node.ts';
import type { Part, Row } from './rows.ts';

const SIZES: readonly Shape3[] = [
  [80, 150, 150],
  [150, 300, 300],
  [200, 512, 512],
];
const STRIDE = 8;
const ALONE = 128;
const PARTICLES = [25, 100] as const;
const LISTED = 1_000_000;
const MODEL = 'cnn-2-0.1';

/** Opening, picking and explaining in tomograms of noise at 1 nm, by CNN-2 on wasm. */
export async function tomogramsBench(): Promise<Part> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-tomograms-'));
  const engine = createNodeEngine();
  const rows: Row[] = [];
  const put = (name: string, value: number, unit: string) => rows.push({ name, value, unit });
  try {
    const { device } = await engine.selectBackend('wasm');
    const info = await engine.loadModel(resolveModel(MODEL));
    const { normalization = 'none' } = info.sidecar;
    for (const shape of SIZES) {
      const name = `${shape[2]} x ${shape[1]} x ${shape[0]}`;
      const path = join(folder, 'tomogram.mrc');
      writeFileSync(path, noise(shape));
      let start = performance.now();
      const took = () => performance.now() - start;
      const volume = await withFile(path, async (source) => {
        const access = await openSource(source);
        put(`open ${name}: header`, took(), 'ms');
        start = performance.now();
        return (await access.read(0)).volume;
      });
      put(`open ${name}: all values`, took(), 'ms');
      const input = toFloat32(volume.data);
      const found = await engine.windows({
        model: info.id,
        input,
        shape,
        normalization,
        stride: STRIDE,
      });
      const windows = windowCount(found.grid);
      put(
        `pick ${name}: ${windows} windows ${STRIDE} voxels apart, shared`,
        found.timing.total / 1000,
        's',
      );
      const scorer = createBoxScorer(
        engine,
        info,
        { ...volume, data: input },
        normalization,
        new AbortController().signal,
      );
      const starts = Array.from(
        { length: ALONE },
        (_, i): Shape3 => [i % 40, i % 100, (7 * i) % 100],
      );
      await scorer.score(starts.slice(0, 16));
      start = performance.now();
      await scorer.score(starts);
      const alone = (took() / ALONE) * windows;
      put(`pick ${name}: the same one by one, from ${ALONE} of them`, alone / 1000, 's');
      put(`pick ${name}: gain`, alone / found.timing.total, 'x');
      if (shape !== SIZES[1]) continue;
      for (const count of PARTICLES) {
        start = performance.now();
        for (let i = 0; i < count; i++) {
          const box = boxAt(
            input,
            shape,
            [(3 * i) % 100, (5 * i) % 250, (7 * i) % 250],
            [40, 40, 40],
          );
          await engine.explain({
            ...{ model: info.id, input: normalize(box, 'zscore'), inputShape: info.inputShape },
            ...{ layers: 'default', classes: 'all', methods: ['respond'] },
          });
        }
        put(`explain ${count} particles of ${name}, all classes`, took(), 'ms');
      }
    }
    put('memory at most', process.resourceUsage().maxRSS / 1024, 'MiB');
    const [list] = PARTICLE_WRITERS.relion.write(manyParticles(), 'particles');
    const start = performance.now();
    readParticles(list);
    put(`open a list of ${LISTED} particles`, performance.now() - start, 'ms');
    return { rows, about: { backend: device, network: MODEL } };
  } finally {
    await engine.dispose();
    rmSync(folder, { recursive: true });
  }
}

function noise(shape: Shape3): Uint8Array {
  const { uniform } = createRandom(1);
  const data = Float32Array.from({ length: shape[0] * shape[1] * shape[2] }, () => uniform() - 0.5);
  return writeMrc({ data, shape, voxelSize: [10, 10, 10], origin: [0, 0, 0] });
}

function manyParticles() {
  const { uniform } = createRandom(2);
  return {
    count: LISTED,
    tomogram: { name: 'tomogram', shape: SIZES[1], voxelSize: [10, 10, 10] as const },
    positions: Float64Array.from({ length: 3 * LISTED }, () => 1500 * uniform()),
    rotations: null,
    classes: null,
    score: null,
  };
}
