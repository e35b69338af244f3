import { createHash } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { badInput } from '../src/core/errors.ts';
import { simulatedSet } from '../src/core/evaluation/index.ts';
import { jsonSpec, resolveSpec, type SimulationSpec } from '../src/core/simulate/index.ts';
import { prepareInput, type Shape3 } from '../src/core/volume/index.ts';
import { type Choice, type OpenSet, setChoice } from './evaluate-set.ts';
import { createSimulatePool } from './simulate-pool.ts';
import type { Drawing } from './simulate-worker.ts';
import { hashTemplates, loadTemplates } from './templates.ts';

/**
 * Held-out volumes of the bundled classes, drawn in threads shortly before they are needed.
 *
 * @throws AppError 'bad-input' when the network does not take such volumes or knows none of the classes.
 */
export async function openSimulatedSet(choice: Choice, drawing: Drawing): Promise<OpenSet> {
  const { info, prepare } = choice;
  const [nz, ny, nx, channels] = info.inputShape;
  if (info.inputShape.length !== 4 || channels !== 1) {
    throw badInput(
      `--data simulated: ${info.title} takes inputs of shape [${info.inputShape}]; accepted: networks that take one-channel volumes, or a folder of your own data`,
    );
  }
  const templates = await loadTemplates();
  const { shape: box, voxelSize, origin } = templates[0].volume;
  const shape: Shape3 = [nz, ny, nx];
  if ((prepare.fit ?? 'none') === 'none' && shape.some((size, axis) => size !== box[axis])) {
    throw badInput(
      `--data simulated: the volumes have ${box.join(' x ')} voxels, but ${info.title} takes ${shape.join(' x ')}; accepted: --fit crop or --fit resample`,
    );
  }
  const made =
    'recipe' in drawing
      ? { ...drawing, snr: null, words: drawing }
      : describeSpec(resolveSpec(drawing.spec));
  const threads = Math.max(1, availableParallelism() - 1);
  let pool: ReturnType<typeof createSimulatePool> | undefined;
  const set = simulatedSet(info.title, setChoice(choice), {
    templates,
    snr: made.snr,
    seed: made.seed,
    readAhead: threads + 1,
    async read(index, item) {
      pool ??= createSimulatePool({ templates, ...drawing, normalization: 'none' }, threads);
      const data = await (await pool).simulate([[index, item]]);
      const { volume, steps } = prepareInput(
        { data, shape: box, voxelSize, voxelSizeKnown: true, origin },
        { ...info.sidecar, shape },
        prepare,
      );
      return { data: volume.data, steps };
    },
  });
  const drawn = set.volumes.map(({ id, class: label }) => [id, label]);
  const fingerprint = createHash('sha256')
    .update(JSON.stringify({ templates: hashTemplates(templates), spec: made.words, drawn }))
    .digest('hex');
  return { ...set, fingerprint, close: async () => (await pool)?.close() };
}

function describeSpec(spec: SimulationSpec) {
  return { snr: spec.snr, seed: spec.seed, words: jsonSpec(spec) };
}
