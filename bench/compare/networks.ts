import type { Part, Row } from '../rows.ts';
import { ENGINES, type EngineId, findEngines } from './engines.ts';
import { assertAgreement, type Figure, type Plan, sideBySide } from './measure.ts';
import type { Task } from './protocol.ts';
import { ABOUT, isTrained, NETWORKS, type NetworkId } from './specs.ts';

export const TITLES: Readonly<Record<EngineId, string>> = {
  own: 'this project',
  stock: 'tfjs kernels',
  ort: 'ONNX Runtime Web',
  torch: 'PyTorch',
};

export const TASK_TITLES: Readonly<Record<Exclude<Task, 'explain-one-class'>, string>> = {
  forward: 'forward',
  'explain-all-classes': 'all classes at one layer',
  'explain-all-layers': 'one class at all layers',
  train: 'training step',
};

const BATCH = 32;

/**
 * tfjs's own kernels take seconds to minutes: forward passes once, and explanations of CNN-2 alone. A way back
 * through their convolutions, as training needs it, would take the whole time of the bench.
 */
function plans(id: NetworkId, task: Task): Plan[] {
  const stock = task === 'forward' || (id === 'cnn-2' && task === 'explain-all-classes') ? 1 : 0;
  const ort = task === 'forward' ? 5 : 0;
  const single: Plan = { batch: 1, runs: { own: 5, ort, torch: 5, stock } };
  if (task !== 'forward' && task !== 'train') return [single];
  return [single, { batch: BATCH, runs: { own: 1, ort: ort && 1, torch: 1 }, cold: true }];
}

/** Four networks, four tasks, four engines: time and memory. */
export async function networksBench(): Promise<Part> {
  const rows: Row[] = [];
  const about: Record<string, string> = {};
  const left = [...(await findEngines()).left];
  for (const id of NETWORKS) {
    for (const task of Object.keys(TASK_TITLES) as (keyof typeof TASK_TITLES)[]) {
      if (task === 'train' && !isTrained(id)) continue;
      const measured = await sideBySide({ kind: 'network', id }, task, plans(id, task));
      left.push(...measured.left);
      Object.assign(about, measured.about);
      rows.push(...measured.figures.flatMap((figure) => toRows(id, task, figure)));
      process.stderr.write(`${id}, ${task}: ${brief(measured.figures)}\n`);
      if (task === 'train') continue; // statistics of a part of a batch differ by design
      const compared = measured.figures.filter(
        ({ batch, engine }) => batch === 1 && !wrong(id, engine),
      );
      left.push(...assertAgreement(`${id}, ${task}`, compared));
    }
  }
  return { rows, about, left };
}

/**
 * tfjs's own kernels answer otherwise than all three others for these two. ResNet's shortcuts: its strided
 * 1x1x1 convolutions with `same` padding read shifted voxels. The U-Net's way up: its wasm input gradient of a
 * strided convolution, which a transposed convolution is, leaves nearly all voxels zero.
 */
function wrong(id: NetworkId, engine: EngineId): boolean {
  return engine === 'stock' && (id === 'resnet-18' || id === 'u-net');
}

function toRows(
  network: NetworkId,
  task: keyof typeof TASK_TITLES,
  { engine, batch, ms, peak }: Figure,
): Row[] {
  const of = { network, task, batch, engine };
  const name = `${ABOUT[network].title}, ${TASK_TITLES[task]}, batch ${batch}, ${TITLES[engine]}`;
  return [
    { name, value: ms, unit: 'ms', of },
    { name: `${name}, peak memory`, value: peak / 2 ** 20, unit: 'MiB', of },
  ];
}

function brief(figures: readonly Figure[]): string {
  return ENGINES.flatMap((engine) =>
    figures
      .filter((figure) => figure.engine === engine)
      .map(({ batch, ms }) => `${engine} x${batch} ${ms.toFixed(0)} ms`),
  ).join(', ');
}
