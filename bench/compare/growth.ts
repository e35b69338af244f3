import type { Part, Row } from '../rows.ts';
import { type EngineId, findEngines } from './engines.ts';
import { sideBySide } from './measure.ts';
import { TITLES } from './networks.ts';
import { type Spec, specName } from './specs.ts';

export const BOXES = [20, 28, 40, 56, 80, 104, 128] as const;
export const CHANNELS = [8, 16, 32, 64, 128] as const;
const BOX = 40;
/** tfjs's own kernels are left out where they would take longer, ms, by their last figure. */
const STOCK_LIMIT = 20_000;
/** Above this many ms for the slowest, one run is enough. */
const LONG = 1000;

interface Point {
  readonly spec: Spec;
  readonly at: number;
  /** Proportional to the operations. */
  readonly work: number;
}

/** Forward time by box size (CNN-1's convolutions and pooling) and by channels (one 3x3x3 convolution at 40^3). */
export async function growthBench(): Promise<Part> {
  const byBox = BOXES.map(
    (box): Point => ({
      spec: { kind: 'features', box },
      at: box,
      work: box ** 3,
    }),
  );
  const byChannels = CHANNELS.map(
    (channels): Point => ({
      spec: { kind: 'conv', box: BOX, cin: channels, cout: channels },
      at: channels,
      work: channels ** 2,
    }),
  );
  const left = [...(await findEngines()).left];
  const rows = [
    ...(await series('box', byBox, left)),
    ...(await series('channels', byChannels, left)),
  ];
  return { rows, left };
}

async function series(axis: 'box' | 'channels', points: Point[], left: string[]): Promise<Row[]> {
  const rows: Row[] = [];
  let before: { work: number; times: Map<EngineId, number> } | undefined;
  for (const { spec, at, work } of points) {
    const guess = (engine: EngineId) =>
      before ? ((before.times.get(engine) ?? Number.POSITIVE_INFINITY) * work) / before.work : 0;
    const stock = guess('stock') < STOCK_LIMIT ? 1 : 0;
    const runs = Math.max(guess('own'), guess('ort')) > LONG ? 1 : 3;
    const plan = { batch: 1, runs: { own: runs, ort: runs, torch: runs, stock }, cold: runs === 1 };
    const measured = await sideBySide(spec, 'forward', [plan]);
    left.push(...measured.left);
    const times = new Map(measured.figures.map(({ engine, ms }) => [engine, ms]));
    before = { work, times };
    for (const { engine, ms, peak } of measured.figures) {
      const of = { axis, at, engine };
      const name = `${specName(spec)}, ${TITLES[engine]}`;
      rows.push({ name, value: ms, unit: 'ms', of });
      rows.push({ name: `${name}, peak memory`, value: peak / 2 ** 20, unit: 'MiB', of });
    }
    const seen = measured.figures.map(({ engine, ms }) => `${engine} ${ms.toFixed(0)} ms`);
    process.stderr.write(`${specName(spec)}: ${seen.join(', ')}\n`);
  }
  return rows;
}
