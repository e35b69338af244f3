import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ENGINES, findEngines } from '../compare/engines.ts';
import { assertAgreement, type Figure, inFolder, type Plan } from '../compare/measure.ts';
import { TITLES } from '../compare/networks.ts';
import type { Part, Row } from '../rows.ts';

interface Real {
  readonly id: string;
  readonly title: string;
  /** Fewer where one takes long. */
  readonly runs: number;
  /** Edge of the largest tile that can be explained, where its own cannot. */
  readonly explained?: number;
  /**
   * How far the means of two maps in float32 may be apart, as a part of the mean size, where a normalisation follows the
   * layer and gradients cancel. For nnU-Net at 96^3, PyTorch's map is 0.43% from float64 (root of the mean square; this
   * project's 0.45%), its mean 0.09% (0.14%); with more voxels both grow.
   */
  readonly mapsApart?: number;
}

/** Networks of `networks.py`. */
export const REAL: readonly Real[] = [
  { id: 'mobilenet', title: 'MobileNet v1 0.75, 192²', runs: 9 },
  { id: 'tomotwin', title: 'TomoTwin, 37³, 75 M weights', runs: 3 },
  { id: 'deepfinder', title: 'DeepFinder, 96³', runs: 3 },
  { id: 'monai-unet', title: 'MONAI UNet of octopi, 96³', runs: 3 },
  { id: 'segresnet', title: 'MONAI SegResNet, 96³', runs: 3 },
  { id: 'nnunet', title: 'nnU-Net plain, 128³, 31 M weights', runs: 1, mapsApart: 0.01 },
  {
    id: 'membrain',
    title: 'MemBrain-seg DynUNet, 160³, 91 M weights',
    runs: 1,
    explained: 128,
    mapsApart: 0.01,
  },
];

export const REAL_TASKS = ['forward', 'explain-one-class'] as const;

/**
 * Networks of published tools at their own sizes: forward pass, and Respond-CAM and Grad-CAM of the class with the
 * largest sum over its voxels at the deepest layer. They are made by PyTorch, with random weights that are not kept.
 */
export async function realBench(): Promise<Part> {
  const { commands, left: without } = await findEngines();
  const left = [...without];
  const rows: Row[] = [];
  const about: Record<string, string> = {};
  const torch = commands.get('torch');
  if (!torch) return { rows, left };
  // Of the names in BENCH_REAL alone, e.g. while a kernel is worked on.
  const only = process.env.BENCH_REAL?.split(',');
  for (const { id, title, runs, explained, mapsApart } of REAL.filter(
    ({ id: one }) => only?.includes(one) ?? true,
  )) {
    for (const task of REAL_TASKS) {
      const edge = task === 'forward' ? undefined : explained;
      const folder = mkdtempSync(join(tmpdir(), 'respond-cam-bench-'));
      try {
        const script = [join('bench', 'real', 'networks.py'), id, folder];
        const edges = edge === undefined ? [] : [String(edge)];
        const made = spawnSync(torch[0], [...script, ...edges], { encoding: 'utf8' });
        if (made.status !== 0) {
          left.push(`${title}: ${made.stderr.trim().split('\n').at(-1)}`);
          continue;
        }
        const ort = task === 'forward' ? runs : 0;
        const plan: Plan = { batch: 1, runs: { own: runs, ort, torch: runs }, cold: runs === 1 };
        const measured = await inFolder(folder, title, task, [plan]);
        left.push(...measured.left);
        Object.assign(about, measured.about);
        rows.push(...measured.figures.flatMap((figure) => toRows(id, title, task, figure)));
        const seen = measured.figures.map(({ engine, ms, peak }) => brief(engine, ms, peak));
        process.stderr.write(`${id}, ${task}: ${seen.join(', ')}\n`);
        const bound = task === 'forward' ? undefined : mapsApart;
        left.push(...assertAgreement(`${id}, ${task}`, measured.figures, bound));
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    }
  }
  return { rows, about, left };
}

const brief = (engine: string, ms: number, peak: number) =>
  `${engine} ${ms.toFixed(0)} ms ${(peak / 2 ** 20).toFixed(0)} MiB`;

function toRows(network: string, title: string, task: string, figure: Figure): Row[] {
  const { engine, ms, peak } = figure;
  const of = { network, task, engine };
  const name = `${title}, ${task}, ${TITLES[ENGINES[ENGINES.indexOf(engine)]]}`;
  return [
    { name, value: ms, unit: 'ms', of },
    { name: `${name}, peak memory`, value: peak / 2 ** 20, unit: 'MiB', of },
  ];
}
