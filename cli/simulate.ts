import { availableParallelism } from 'node:os';
import { badInput } from '../src/core/errors.ts';
import {
  DEFAULT_SPEC,
  parseSnr,
  resolveSpec,
  type SimulationSpec,
  snrFigures,
  snrSentence,
  TEMPLATE_GRID,
  type Template,
} from '../src/core/simulate/index.ts';
import { defineCommand } from './command.ts';
import { startLine, writeDataset } from './dataset.ts';
import { voxelSizeOf } from './input-options.ts';
import { createEta } from './progress.ts';
import { parseShard, SHARD_OPTION } from './shard.ts';
import { tomogramShape, writeTomogram } from './simulate-tomogram.ts';
import { type StructureReport, structureLine, templateFrom } from './structure.ts';
import { loadTemplates } from './templates.ts';

const OPTICS = DEFAULT_SPEC.ctf as NonNullable<SimulationSpec['ctf']>;

/** Volumes of one data set: their names have six digits, and the index lists all. */
const MOST_VOLUMES = 1_000_000;

function text(value: string, help: string) {
  return { type: 'string', value, help } as const;
}

function withDefault(value: string, fallback: number | string, help: string) {
  return { type: 'string', value, help, default: String(fallback) } as const;
}

export const command = defineCommand({
  usage: '--out DIR [--class ID|all] [--snr N|inf] [--n N] [--seed N] [--structure FILE] [--json]',
  positionals: [0, 0],
  about:
    'Simulates subtomograms: random orientation, tilt series with missing wedge, contrast transfer,\n' +
    'noise. Writes DIR/<class>/<index>.mrc (float32, dark density) and DIR/index.json.\n' +
    'The same seed gives the same files with any number of workers. Stopped and started again with the\n' +
    'same flags, it draws what is missing.\n' +
    'Several machines with one --out each draw their --shard; the same flags without it then check all volumes,\n' +
    'draw what is missing and write the index.\n' +
    'With --tomogram, one tomogram of N particles of each class at places that do not overlap:\n' +
    'DIR/tomogram.mrc, particles.star (RELION 5, with tomograms.star) and particles.csv.',
  options: {
    out: text('DIR', 'folder to write to'),
    class: withDefault('ID', 'all', 'class to draw, or several with commas'),
    snr: withDefault('N', 'inf', 'variance of signal over variance of noise, or inf for no noise'),
    'snr-band': text('N|inf', "the same after the templates' own low-pass, instead of --snr"),
    n: withDefault('N', 10, 'subtomograms of each class'),
    seed: withDefault('N', DEFAULT_SPEC.seed, 'integer from 0 up'),
    model: withDefault('NAME', DEFAULT_SPEC.model, 'fourier (fast) or projection (a tilt series)'),
    tilt: withDefault('DEG', DEFAULT_SPEC.tilt, 'largest tilt in degrees'),
    'tilt-step': withDefault('DEG', DEFAULT_SPEC.tiltStep, 'degrees between projections'),
    shift: withDefault('Å', DEFAULT_SPEC.shift, 'largest displacement along each axis'),
    defocus: withDefault('µM', OPTICS.defocus, 'defocus; positive is underfocus'),
    voltage: withDefault('KV', OPTICS.voltage, 'acceleration voltage'),
    cs: withDefault('MM', OPTICS.sphericalAberration, 'spherical aberration'),
    'amplitude-contrast': withDefault('N', OPTICS.amplitudeContrast, 'fraction from 0 to 1'),
    envelope: withDefault('Å^2', OPTICS.envelope, 'B factor of the envelope'),
    'no-ctf': { type: 'boolean', help: 'leave out the contrast transfer function' },
    'no-detector': { type: 'boolean', help: 'leave out the transfer function of the detector' },
    'noise-before-ctf': withDefault('N', DEFAULT_SPEC.noiseBeforeCtf, 'share of the noise, 0 to 1'),
    tomogram: text('XxYxZ', 'voxels of a tomogram to simulate instead, e.g. 300x300x150'),
    membranes: text('N', 'vesicles in the tomogram (default 0)'),
    fiducials: text('N', 'gold beads of 10 nm in the tomogram (default 0)'),
    structure: text('FILE', 'own PDB, mmCIF, BinaryCIF or density map, or a PDB id'),
    assembly: text('ID', 'biological assembly of FILE, or none (default the first)'),
    models: text('first|all', 'models of FILE to read (default first; all of a .pdb1 assembly)'),
    threshold: text('N', 'map value below which FILE is solvent (default mean + 2 sigma)'),
    'map-voxel-size': text('Å', 'voxel size of a map FILE, instead of what it says'),
    'voxel-size': text(
      'Å',
      `voxels of the density made of FILE (default ${TEMPLATE_GRID.voxelSize})`,
    ),
    resolution: text('Å', `low-pass of FILE's density (default ${TEMPLATE_GRID.resolution})`),
    box: text('N', `voxels along each edge for FILE (default ${TEMPLATE_GRID.box})`),
    ...SHARD_OPTION,
    workers: withDefault('N', availableParallelism(), 'threads'),
    json: { type: 'boolean', help: 'one JSON document on stdout' },
  },
  async run(_, values, io) {
    if (values.out === undefined) throw badInput('simulate: --out DIR is missing');
    const resolution =
      values.resolution === undefined
        ? TEMPLATE_GRID.resolution
        : number('resolution', values.resolution);
    const banded = values['snr-band'];
    if (banded !== undefined && values.snr !== 'inf') {
      throw badInput(
        'simulate: --snr and --snr-band say the same thing twice; accepted: one of them',
      );
    }
    const spec = resolveSpec({
      model: values.model as SimulationSpec['model'],
      seed: number('seed', values.seed),
      snr: parseSnr(banded ?? values.snr),
      snrBand: banded === undefined ? null : resolution,
      noiseBeforeCtf: number('noise-before-ctf', values['noise-before-ctf']),
      tilt: number('tilt', values.tilt),
      tiltStep: number('tilt-step', values['tilt-step']),
      shift: number('shift', values.shift),
      detector: !values['no-detector'],
      ctf: values['no-ctf']
        ? null
        : {
            voltage: number('voltage', values.voltage),
            sphericalAberration: number('cs', values.cs),
            defocus: number('defocus', values.defocus),
            amplitudeContrast: number('amplitude-contrast', values['amplitude-contrast']),
            envelope: number('envelope', values.envelope),
          },
    });
    const perClass = whole('n', values.n, MOST_VOLUMES);
    const workers = whole('workers', values.workers, 256);
    const shard = parseShard(values.shard);
    const { templates, structure } = await chooseTemplates(values);
    if (structure) {
      for (const { severity, message } of structure.findings) {
        io.note(`${structure.file}: ${severity === 'info' ? '' : `${severity}: `}${message}`);
      }
    }
    const classes = values.structure === undefined ? chooseClasses(templates, values.class) : [0];
    if (values.tomogram !== undefined) {
      if (shard)
        throw badInput('simulate: a tomogram is made in one piece; accepted: without --shard');
      const scene = {
        shape: tomogramShape(values.tomogram),
        perClass,
        membranes: number('membranes', values.membranes ?? '0'),
        fiducials: number('fiducials', values.fiducials ?? '0'),
      };
      const drawn = classes.map((c) => templates[c]);
      const started = Date.now();
      const made = await writeTomogram(
        { templates: drawn, spec, scene, out: values.out, resolution },
        io,
      );
      const seconds = (Date.now() - started) / 1000;
      if (values.json)
        io.json({ out: values.out, ...made, seconds, ...(structure && { structure }) });
      else {
        if (structure) io.print(structureLine(structure));
        io.print(snrSentence(made.snr));
        io.print(
          `${made.n} particles of ${classes.length} ${classes.length === 1 ? 'class' : 'classes'}, ${made.membranes} membranes and ${made.fiducials} fiducials in ${made.tomogram} (${seconds.toFixed(1)} s)`,
        );
      }
      return;
    }
    const idle = (['membranes', 'fiducials'] as const).find((flag) => values[flag] !== undefined);
    if (idle) throw badInput(`simulate: --${idle} needs --tomogram XxYxZ`);
    const total = classes.length * perClass;
    if (total > MOST_VOLUMES) {
      throw badInput(
        `simulate: ${total} subtomograms; accepted: up to ${MOST_VOLUMES} in one data set`,
      );
    }
    const snr = snrFigures(
      classes.map((classIndex) => templates[classIndex]),
      spec,
      resolution,
    );
    const started = Date.now();
    let eta: ReturnType<typeof createEta> | undefined;
    let noted = started;
    const index = await writeDataset({
      templates,
      classes,
      spec,
      snr,
      perClass,
      workers,
      shard,
      out: values.out,
      signal: io.signal,
      onStart(start) {
        io.note(startLine(start));
        eta = createEta(start.total, start.there);
      },
      onProgress(done, total) {
        if (!eta || Date.now() - noted < 1000) return;
        noted = Date.now();
        const { perSecond, left } = eta(done);
        io.note(
          `${done} of ${total} subtomograms, ${perSecond.toFixed(0)} per second, ${left} left`,
        );
      },
    });
    const seconds = (Date.now() - started) / 1000;
    const summary = { out: values.out, n: index.items.length, seconds, workers };
    if (values.json)
      io.json({
        ...summary,
        classes: classes.map((c) => templates[c].id),
        spec: index.spec,
        snr,
        ...(structure && { structure }),
      });
    else {
      if (structure) io.print(structureLine(structure));
      io.print(snrSentence(snr));
      io.print(
        `${summary.n} subtomogram${summary.n === 1 ? '' : 's'} in ${values.out} (${seconds.toFixed(1)} s)`,
      );
    }
  },
});

interface StructureFlags {
  readonly structure?: string;
  readonly assembly?: string;
  readonly models?: string;
  readonly threshold?: string;
  readonly 'map-voxel-size'?: string;
  readonly 'voxel-size'?: string;
  readonly resolution?: string;
  readonly box?: string;
}

const STRUCTURE_FLAGS = [
  'assembly',
  'models',
  'threshold',
  'map-voxel-size',
  'voxel-size',
  'resolution',
  'box',
] as const;

interface Chosen {
  readonly templates: readonly Template[];
  /** Of the user's own structure. */
  readonly structure?: StructureReport;
}

async function chooseTemplates(flags: StructureFlags): Promise<Chosen> {
  if (flags.structure === undefined) {
    const idle = STRUCTURE_FLAGS.find((flag) => flags[flag] !== undefined);
    if (idle) throw badInput(`simulate: --${idle} needs --structure FILE`);
    return { templates: await loadTemplates() };
  }
  const optional = (flag: (typeof STRUCTURE_FLAGS)[number]) =>
    flags[flag] === undefined ? undefined : number(flag, flags[flag]);
  const { models } = flags;
  if (models !== undefined && models !== 'first' && models !== 'all') {
    throw badInput(`simulate: --models '${models}'; accepted: first or all`);
  }
  const { template, report } = await templateFrom(flags.structure, {
    voxelSize: optional('voxel-size') ?? TEMPLATE_GRID.voxelSize,
    resolution: optional('resolution') ?? TEMPLATE_GRID.resolution,
    box: optional('box') ?? TEMPLATE_GRID.box,
    assembly: flags.assembly,
    models,
    threshold: optional('threshold'),
    mapVoxelSize: voxelSizeOf('map-voxel-size', flags['map-voxel-size']),
  });
  return { templates: [template], structure: report };
}

function chooseClasses(templates: readonly Template[], wanted: string): number[] {
  if (wanted === 'all') return templates.map((_, i) => i);
  const positions = wanted.split(',').map((id) => {
    const found = templates.findIndex((t) => t.id.toLowerCase() === id.trim().toLowerCase());
    if (found < 0) {
      const known = templates.map((t) => t.id).join(', ');
      throw badInput(`simulate: unknown class '${id}'; accepted: all, ${known}`);
    }
    return found;
  });
  return [...new Set(positions)];
}

function number(flag: string, value: string): number {
  const parsed = value.trim() === '' ? Number.NaN : Number(value);
  if (!Number.isFinite(parsed)) throw badInput(`simulate: --${flag} '${value}' is not a number`);
  return parsed;
}

function whole(flag: string, value: string, most: number): number {
  const parsed = number(flag, value);
  if (!Number.isSafeInteger(parsed) || parsed < 1 || parsed > most) {
    throw badInput(`simulate: --${flag} ${value}; accepted: a whole number from 1 to ${most}`);
  }
  return parsed;
}
