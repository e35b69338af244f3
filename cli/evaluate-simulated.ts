import { availableParallelism } from 'node:os';
import { badInput } from '../src/core/errors.ts';
import { inTurn, matchClasses } from '../src/core/evaluation/index.ts';
import { jsonSpec, resolveSpec } from '../src/core/simulate/index.ts';
import { prepareInput, type Shape3 } from '../src/core/volume/index.ts';
import { type Choice, labelNotes, type SetVolume, type VolumeSet } from './evaluate-set.ts';
import { createSimulatePool } from './simulate-pool.ts';
import { loadTemplates } from './templates.ts';

/** Volumes of each class when neither their number nor a limit is given. */
const PER_CLASS = 10;

/**
 * Held-out volumes of the bundled classes, drawn when they are needed: volume `i` of each class is
 * decided by (seed, class, i) alone, so it is the same in every shard and at every limit.
 *
 * @throws AppError 'bad-input' when the network does not take such volumes or knows none of the classes.
 */
export async function simulatedSet(
  choice: Choice,
  { snr, seed }: { readonly snr: number; readonly seed: number },
): Promise<VolumeSet> {
  const { info, prepare, limit } = choice;
  const [nz, ny, nx, channels] = info.inputShape;
  if (info.inputShape.length !== 4 || channels !== 1) {
    throw badInput(
      `--data simulated: ${info.title} takes inputs of shape [${info.inputShape}]; accepted: networks that take one-channel volumes, or a folder of your own data`,
    );
  }
  const templates = await loadTemplates();
  const { shape: box, voxelSize, origin } = templates[0].volume;
  const expected: Shape3 = [nz, ny, nx];
  if ((prepare.fit ?? 'none') === 'none' && expected.some((size, axis) => size !== box[axis])) {
    throw badInput(
      `--data simulated: the volumes have ${box.join(' x ')} voxels, but ${info.title} takes ${expected.join(' x ')}; accepted: --fit crop or --fit resample`,
    );
  }
  const named = info.sidecar.classes !== undefined;
  // A network without names of its own and with fewer classes gets the first ones.
  const known = named ? templates : templates.slice(0, info.classes.length);
  const labelling = matchClasses(info.classes, known, named);
  if (labelling.by === 'none') {
    throw badInput(
      `--data simulated: ${info.title} names none of the bundled classes (${templates.map(({ id }) => id).join(', ')}); accepted: a network with classes named by them, or a folder of your own data`,
    );
  }
  const drawn = labelling.index.flatMap((label, i) => (label === null ? [] : [{ label, i }]));
  const perClass =
    choice.perClass ?? (limit === undefined ? PER_CLASS : Math.ceil(limit / drawn.length));
  const spec = resolveSpec({ snr, seed });
  const threads = Math.max(1, availableParallelism() - 1);
  const pool = await createSimulatePool({ templates, spec, normalization: 'none' }, threads);
  const { normalization } = info.sidecar;
  const groups = drawn.map(({ label, i }) =>
    Array.from(
      { length: perClass },
      (_, index): SetVolume => ({
        id: `${templates[i].id}/${index}`,
        class: label,
        async read() {
          const data = await pool.simulate([[i, index]]);
          const { volume, steps } = prepareInput(
            { data, shape: box, voxelSize, origin },
            { shape: expected, voxelSize: info.sidecar.voxelSize, normalization },
            prepare,
          );
          return { data: volume.data, steps };
        },
      }),
    ),
  );
  return {
    data: { set: 'simulated', snr: jsonSpec(spec).snr, seed, labels: labelling.by },
    volumes: inTurn(groups).slice(0, limit),
    notes: labelNotes(known, labelling),
    readAhead: threads + 1,
    close: () => pool.close(),
  };
}
