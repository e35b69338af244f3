import { AppError, badInput } from '../../core/errors.ts';
import { few } from '../../core/few.ts';
import { withMinus } from '../../core/minus.ts';
import {
  filesNamed,
  needsTilts,
  PROJECTIONS_BRIGHT,
  projectBack,
  readSubTilts,
  type StarFile,
  stackName,
  stackText,
  type SubTiltList,
  SubTiltReader,
  tiltAngle,
  tomogramsAmong,
} from '../../core/subtilt/index.ts';
import { boxText, Findings } from '../../core/volume/index.ts';
import type {
  NoBox,
  PlacedFile,
  ProjectedParticle,
  ProjectionsInfo,
  ProjectionsSource,
} from '../../state/tomograms.ts';
import { blobSource } from '../files/sources.ts';
import type { BoxMaker } from './boxes.ts';
import { OpenedSources } from './opened.ts';

interface Opened {
  readonly reader: SubTiltReader;
  readonly info: ProjectionsInfo;
}

export const openedProjections = new OpenedSources(openProjections);

/** What there is of the projections that a list names. @throws AppError 'bad-file' */
export const projections = async (source: ProjectionsSource): Promise<ProjectionsInfo> =>
  (await openedProjections.of(source)).info;

/** Projects particles back, one by one: no more is held than the projections of one. */
export async function projectionsMaker(source: ProjectionsSource): Promise<BoxMaker> {
  const { reader } = await openedProjections.of(source);
  const { transfer } = source;
  return {
    async make({ row }, { shape, voxelSize }, turn) {
      const [depth, height, size] = shape;
      if (height !== size || depth > size) {
        throw badInput(
          `${reader.list.fileName}: particles given as projections are brought together in a cube, and the network takes ${boxText(shape)} voxels; accepted: a network of cubes, or the tomogram.`,
        );
      }
      const rotation = turn ?? null;
      const box = await reader
        .box(row, { size, depth, voxelSize, rotation, transfer })
        .catch(reasonOf);
      if ('reason' in box) return box;
      const message = `${box.from} projected back (${box.weighting}).`;
      return { volume: box.volume, findings: [{ code: 'projections', severity: 'info', message }] };
    },
  };
}

/** What is wrong with one particle; any other fault is that of all. */
function reasonOf(error: unknown): NoBox {
  if (error instanceof AppError && error.code === 'bad-file') return { reason: error.message };
  throw error;
}

/** Voxels along an edge of the box that the page shows. */
const SHOWN = 48;

/** A particle's projections, and the box that they are brought together in. @throws AppError 'bad-file' */
export async function projected(
  source: ProjectionsSource,
  row: number,
  edge: number,
): Promise<ProjectedParticle> {
  const { reader } = await openedProjections.of(source);
  const { transfer } = source;
  const found = await reader.projections(row);
  const wanted = { size: SHOWN, voxelSize: edge / SHOWN, rotation: null, transfer };
  const { volume, from, weighting } = projectBack(found, wanted);
  const { data: values, ...grid } = volume;
  const { images, size, pixelSize, tilts } = found.stack;
  return {
    box: { ...grid, values },
    ...{ images, size, pixelSize },
    angles: tilts.map(tiltAngle),
    made: `${from} projected back: ${weighting}.`,
  };
}

async function openProjections({ list, beside }: ProjectionsSource): Promise<Opened> {
  const subTilts = readSubTilts(await starOf(list));
  const { particles } = subTilts;
  const paths = beside.map(({ path }) => path);
  const names = [...new Set(particles.map(stackName))];
  const stacks = new Map(
    Array.from(filesNamed(names, paths), (file, i) => [names[i], beside[file] ?? null]),
  );
  const tomograms = needsTilts(subTilts) ? tomogramsOf(list, beside) : null;
  const reader = new SubTiltReader(subTilts, tomograms && (await starOf(tomograms)), {
    async series(name) {
      const [file] = filesNamed([name], paths);
      return file < 0 ? null : starOf(beside[file]);
    },
    async stack(name, use) {
      const found = stacks.get(name);
      return use(found ? blobSource(baseOf(found.path), found.file, silent) : null);
    },
  });
  const findings = new Findings();
  const has = (k: number) => stacks.get(stackName(particles[k])) != null;
  const there = Uint8Array.from(particles, (_, k) => (has(k) ? 1 : 0));
  reportMissing(subTilts, there, findings);
  if (needsTilts(subTilts)) {
    if (tomograms) await leaveOutWithoutTilts(reader, there, findings);
    else {
      there.fill(0);
      findings.warning(
        'tilts',
        'The tilts that the projections were taken at are not known: the tomograms.star of RELION or Warp and the tilt-series files that it names are missing.',
      );
    }
  }
  const first = there.indexOf(1);
  if (first >= 0) await reportFirst(reader, first, findings);
  return { reader, info: { there, findings: findings.list } };
}

const silent = { onFraction: () => undefined };

function reportMissing({ particles }: SubTiltList, there: Uint8Array, findings: Findings): void {
  const without = particles.filter((_, k) => there[k] === 0);
  if (without.length === 0) return;
  const names = few([...new Set(without.map(stackName))]);
  findings.warning(
    'stacks',
    without.length === particles.length
      ? `None of the stacks that it names is there: ${names}.`
      : `${without.length} of ${particles.length} particles are left out, since their stacks are not there: ${names}.`,
  );
}

/** Leaves out particles of tomograms whose tilts are missing or damaged, and says why. */
async function leaveOutWithoutTilts(
  reader: SubTiltReader,
  there: Uint8Array,
  findings: Findings,
): Promise<void> {
  const { particles } = reader.list;
  for (const tomogram of new Set(particles.map((one) => one.tomogram))) {
    try {
      await reader.series(tomogram);
    } catch (error) {
      const { reason } = reasonOf(error);
      particles.forEach((one, k) => {
        if (one.tomogram === tomogram) there[k] = 0;
      });
      findings.warning('tilts', `${reason}. The particles of ${tomogram} are left out.`);
    }
  }
}

/** How the first particle is read; where it cannot be, why. */
async function reportFirst(
  reader: SubTiltReader,
  first: number,
  findings: Findings,
): Promise<void> {
  try {
    const { stack } = await reader.projections(first);
    const angles = stack.tilts.map(tiltAngle);
    const [from, to] = [Math.min(...angles), Math.max(...angles)];
    const tilts = reader.tomograms ? `, by ${baseOf(reader.tomograms.name)}` : '';
    findings.info(
      'projections',
      `Each particle is projected back from its own stack: ${stackText(stack)}, tilted by ${degrees(from)} to ${degrees(to)}${tilts}.`,
    );
  } catch (error) {
    findings.warning('projections', `${reasonOf(error).reason}.`);
  }
  findings.list.push({
    ...PROJECTIONS_BRIGHT,
    message: `${PROJECTIONS_BRIGHT.message} Inverted, they are dark, as most networks of tomograms were trained.`,
  });
}

const degrees = (angle: number) => `${withMinus(String(Math.round(angle)))}°`;

/** The `tomograms.star` that is nearest to a list. */
function tomogramsOf(list: PlacedFile, beside: readonly PlacedFile[]): PlacedFile | null {
  const name = tomogramsAmong(
    beside.map(({ path }) => baseOf(path)),
    list.path,
  );
  const near = ({ path }: PlacedFile) => {
    const own = list.path.split('/');
    const other = path.split('/');
    const apart = own.findIndex((part, i) => part !== other[i]);
    return apart < 0 ? own.length : apart;
  };
  return beside
    .filter(({ path }) => baseOf(path) === name)
    .reduce<PlacedFile | null>((best, one) => (best && near(best) >= near(one) ? best : one), null);
}

const baseOf = (path: string) => path.slice(path.lastIndexOf('/') + 1);

const starOf = async ({ path, file }: PlacedFile): Promise<StarFile> => ({
  name: baseOf(path),
  bytes: new Uint8Array(await file.arrayBuffer()),
});
