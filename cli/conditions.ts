import { badInput } from '../src/core/errors.ts';
import { countAnswers, matchClasses, requireClassifier } from '../src/core/evaluation/index.ts';
import {
  BACKGROUNDS,
  CONDITIONS,
  EMPTY_CONDITIONS,
  OTHER,
  parseSnr,
  SEEDS,
  type Template,
} from '../src/core/simulate/index.ts';
import { prepareInput, type Shape3 } from '../src/core/volume/index.ts';
import { createNodeEngine } from '../src/engine/node.ts';
import type { Engine, ModelInfo } from '../src/engine/types.ts';
import { defineCommand, type Io, type Values } from './command.ts';
import { conditionLines, type ConditionRow, type ConditionTable } from './conditions-report.ts';
import { resolveModel } from './models.ts';
import { wholeFrom } from './parse.ts';
import { createSimulatePool } from './simulate-pool.ts';
import type { Drawing, Item } from './simulate-worker.ts';
import { loadTemplates } from './templates.ts';

const options = {
  'per-class': {
    type: 'string',
    value: 'N',
    help: 'volumes of each class under each condition',
    default: '20',
  },
  only: { type: 'string', value: 'ID,ID', help: 'only these conditions' },
  average: {
    type: 'string',
    value: 'N,N',
    help: 'in place of the conditions: means of so many particles in a common pose',
  },
  snr: {
    type: 'string',
    value: 'N',
    help: 'with --average: of one particle, after the 40 Å low-pass of the templates (default 0.05)',
  },
  seed: { type: 'string', value: 'N', help: `another set of volumes (default ${SEEDS.test})` },
  json: { type: 'boolean', help: 'one JSON document on stdout' },
} as const;

/** What is drawn for one row of the table. */
interface Planned {
  readonly id: string;
  readonly title: string;
  readonly drawing: Drawing;
  /** Kinds of the simulator. */
  readonly kinds: readonly number[];
  readonly empty: boolean;
}

export const command = defineCommand({
  usage: 'MODEL [MODEL...]',
  positionals: [1, Number.POSITIVE_INFINITY],
  about: [
    'Measures how far networks of the bundled classes still answer when the volumes differ from those they were',
    'trained on (off centre, another tilt range, no contrast transfer, more noise, ...), and what they answer',
    'where there is no complex. All networks get the same volumes. With --average: how many particles',
    'have to be averaged.',
  ].join('\n'),
  options,
  async run(models, values, io) {
    const templates = await loadTemplates();
    const perClass = wholeFrom('per-class', values['per-class'], 1);
    const seed = values.seed === undefined ? SEEDS.test : wholeFrom('seed', values.seed, 0);
    const plan = planRows(values, templates, seed);
    const engine = createNodeEngine();
    await engine.selectBackend('wasm');
    try {
      const networks = await openNetworks(engine, models, templates, io);
      const rows: ConditionRow[] = [];
      for (const planned of plan) {
        rows.push(await measure(engine, networks, templates, planned, perClass, io));
        io.note(`${rows.length} of ${plan.length}: ${planned.title}`);
      }
      const table: ConditionTable = {
        models: networks.map(({ info }) => ({ id: info.id, title: info.title })),
        perClass,
        seed,
        rows,
      };
      if (values.json) io.json(table);
      else for (const line of conditionLines(table)) io.print(line);
    } finally {
      await engine.dispose();
    }
  },
});

function planRows(
  { only, average, snr }: Values<typeof options>,
  templates: readonly Template[],
  seed: number,
): Planned[] {
  const complexes = templates.map((_, kind) => kind);
  if (snr !== undefined && average === undefined) {
    throw badInput('conditions: --snr goes with --average alone');
  }
  if (average !== undefined) {
    const of = parseSnr(snr ?? '0.05');
    return average.split(',').map((text) => {
      const averaged = wholeFrom('average', text.trim(), 1);
      const recipe = { snr: of, snrBand: 40, averaged };
      const title = averaged === 1 ? 'single particles' : `means of ${averaged} particles`;
      return {
        id: `mean-${averaged}`,
        title,
        drawing: { recipe, seed },
        kinds: complexes,
        empty: false,
      };
    });
  }
  const rows: Planned[] = [
    ...CONDITIONS.map(({ drawing, ...about }) => ({
      ...about,
      drawing: 'recipe' in drawing ? { ...drawing, seed } : { spec: { ...drawing.spec, seed } },
      kinds: complexes,
      empty: false,
    })),
    ...BACKGROUNDS.map(({ id, name }, i) => ({
      id,
      title: `no complex: ${name}`,
      drawing: { recipe: EMPTY_CONDITIONS, seed },
      kinds: [templates.length + i],
      empty: true,
    })),
  ];
  if (only === undefined) return rows;
  return only.split(',').map((text) => {
    const found = rows.find(({ id }) => id === text.trim());
    if (found) return found;
    throw badInput(`--only ${text}; accepted: ${rows.map(({ id }) => id).join(', ')}`);
  });
}

interface Opened {
  readonly info: ModelInfo;
  /** The output that answers each template. */
  readonly index: readonly (number | null)[];
  readonly other: number | null;
}

async function openNetworks(
  engine: Engine,
  models: readonly string[],
  templates: readonly Template[],
  io: Io,
): Promise<Opened[]> {
  const opened: Opened[] = [];
  for (const model of models) {
    const info = await engine.loadModel(resolveModel(model), { signal: io.signal });
    for (const note of info.notes) io.note(note);
    requireClassifier(info);
    const box = templates[0].volume.shape;
    const [nz, ny, nx, channels] = info.inputShape;
    if (channels !== 1 || [nz, ny, nx].some((size, axis) => size !== box[axis])) {
      throw badInput(
        `${model} takes inputs of shape [${info.inputShape}]; accepted: networks of one-channel volumes of ${box.join(' x ')} voxels`,
      );
    }
    const { index, by } = matchClasses(info.classes, templates, info.sidecar.classes !== undefined);
    if (by !== 'names' || index.includes(null)) {
      throw badInput(`${model} does not name the bundled classes; accepted: a network that does`);
    }
    const other = info.classes.indexOf(OTHER);
    opened.push({ info, index, other: other < 0 ? null : other });
  }
  return opened;
}

async function measure(
  engine: Engine,
  networks: readonly Opened[],
  templates: readonly Template[],
  { id, title, drawing, kinds, empty }: Planned,
  perClass: number,
  io: Io,
): Promise<ConditionRow> {
  const pool = await createSimulatePool({ templates, ...drawing, normalization: 'none' });
  const scores: Float32Array[][] = networks.map(() => []);
  const drawn: number[] = [];
  const { shape, voxelSize, origin } = templates[0].volume;
  const size = shape[0] * shape[1] * shape[2];
  // A background has as many volumes as all complexes together.
  const count = perClass * templates.length;
  const items = Array.from(
    { length: count },
    (_, i): Item => [kinds[i % kinds.length], Math.floor(i / kinds.length)],
  );
  try {
    const parts = Array.from({ length: Math.ceil(count / BATCH) }, (_, part) =>
      items.slice(part * BATCH, (part + 1) * BATCH),
    );
    let next = pool.simulate(parts[0]);
    for (const [at, part] of parts.entries()) {
      const data = await next;
      if (at + 1 < parts.length) next = pool.simulate(parts[at + 1]);
      for (const [m, { info }] of networks.entries()) {
        const inputs = part.map((_, i) => {
          const own = data.slice(i * size, (i + 1) * size);
          const volume = { data: own, shape, voxelSize, voxelSizeKnown: true, origin };
          return prepareInput(volume, { ...info.sidecar, shape: shape as Shape3 }, {}).volume.data;
        });
        const question = { model: info.id, inputShape: info.inputShape, inputs };
        scores[m].push(...(await engine.scores(question, { signal: io.signal })));
      }
      drawn.push(...part.map(([kind]) => kind));
    }
  } finally {
    await pool.close();
  }
  const answers = networks.map(({ index, other }, m) =>
    countAnswers(
      scores[m],
      drawn.map((kind) => (empty ? other : index[kind])),
      other,
    ),
  );
  return { id, title, empty, answers };
}

/** Volumes that are drawn and scored together. */
const BATCH = 32;
