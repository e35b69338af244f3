import { type Finding, Findings } from '../volume/report.ts';
import { few } from '../few.ts';
import { finish, rests, type Steps } from '../steps.ts';
import type { CoordinateFrame, ParticleList, TomogramGrid } from './types.ts';

/** Particles in a tomogram. */
export interface PlacedParticles {
  /** Index in the list of each of them. */
  readonly index: Uint32Array;
  /** x, y, z in Å from the centre of the tomogram's first voxel. */
  readonly positions: Float64Array;
  /** 1 where a particle stands in the tomogram. */
  readonly inside: Uint8Array;
  /** How many do. */
  readonly insideCount: number;
  readonly frame: CoordinateFrame;
  readonly findings: readonly Finding[];
  /** Another reading of the coordinates that fits the tomogram clearly better than the one used. */
  readonly better: CoordinateFrame | null;
}

/** Share of particles inside below which another reading is looked for, and what that one has to reach. */
const DOUBTFUL = 0.9;
const CONVINCING = 0.98;
/** Points within this part of the tomogram along every axis stand in one corner of it. */
const CORNER = 0.35;

export interface PlaceOptions {
  /** How the coordinates are meant, in place of what the file says. */
  readonly frame?: CoordinateFrame;
  /** Only particles of this tomogram of the list. */
  readonly tomogram?: number;
  /** The tomogram's file, where it is to have the name of one that the list has particles of. */
  readonly file?: string;
}

/**
 * Places a list's particles in a tomogram, and says where the reading of its units does not fit: points outside, or all
 * in one corner.
 */
export const placeParticles = (
  list: ParticleList,
  grid: TomogramGrid,
  options: PlaceOptions = {},
): PlacedParticles => finish(placing(list, grid, options));

/** As {@link placeParticles}, for very many particles where something else is to be answered meanwhile. */
export function* placing(
  list: ParticleList,
  grid: TomogramGrid,
  { frame = list.frame, tomogram, file }: PlaceOptions,
): Steps<PlacedParticles> {
  const { count } = list;
  const all = new Uint32Array(count);
  let wanted = 0;
  for (let i = 0; i < count; i++)
    if (tomogram === undefined || list.tomogram?.[i] === tomogram) all[wanted++] = i;
  const index = all.slice(0, wanted);
  const positions = new Float64Array(3 * index.length);
  const inside = new Uint8Array(index.length);
  const [step, shift] = scaleOf(frame, grid);
  const extent = extentOf(grid);
  let notFinite = 0;
  let insideCount = 0;
  // Written out by axis: there may be a million.
  const [stepX, stepY, stepZ] = step;
  const [shiftX, shiftY, shiftZ] = shift;
  const [endX, endY, endZ] = extent;
  const [fromX, fromY, fromZ] = grid.voxelSize.map((size) => -size / 2);
  const { coordinates } = list;
  for (let k = 0; k < index.length; k++) {
    if (rests(k)) yield;
    const i = 3 * index[k];
    const x = coordinates[i] * stepX + shiftX;
    const y = coordinates[i + 1] * stepY + shiftY;
    const z = coordinates[i + 2] * stepZ + shiftZ;
    positions[3 * k] = x;
    positions[3 * k + 1] = y;
    positions[3 * k + 2] = z;
    const within =
      x >= fromX && x < endX && y >= fromY && y < endY && z >= fromZ && z < endZ ? 1 : 0;
    // A sum that is not finite has a part that is none.
    if (x + y + z - (x + y + z) !== 0) notFinite++;
    inside[k] = within;
    insideCount += within;
  }
  const findings = new Findings();
  const outside = inside.length - insideCount - notFinite;
  const better = yield* betterFrame(list, index, grid, frame);
  const isOther =
    file !== undefined && list.tomograms.length > 0 && tomogramIn(list, file) === null;
  if (isOther && tomogram === undefined)
    findings.warning(
      'tomogram',
      `The list has particles of ${few(list.tomograms.map(({ name }) => name))}, and ${file} has none of these names; all particles are taken.`,
    );
  if (notFinite > 0)
    findings.warning(
      'not-finite',
      `${notFinite} ${notFinite === 1 ? 'particle has' : 'particles have'} coordinates that are no numbers.`,
    );
  if (outside > 0) {
    findings.warning(
      'outside',
      `${outside} of ${index.length} particles stand outside the tomogram${better ? '' : ' and are left out'}.`,
    );
  }
  if (better) {
    findings.warning(
      'units',
      `The coordinates look as if they were meant in ${frameText(better)} rather than in ${frameText(frame)}: ${outside > 0 ? 'then all of them stand in the tomogram' : 'now they all stand in one corner of the tomogram, then they fill it'}.`,
    );
  }
  return { index, positions, inside, insideCount, frame, findings: findings.list, better };
}

/** A frame in words. */
export function frameText({ unit, from, voxelSize }: CoordinateFrame): string {
  const of = from === 'centre' ? ' from the centre' : '';
  if (unit === 'Å') return `Å${of}`;
  return `${voxelSize === null ? "the tomogram's voxels" : `pixels of ${Number(voxelSize.toPrecision(5))} Å`}${of}`;
}

const extentOf = ({ shape, voxelSize }: TomogramGrid) =>
  [2, 1, 0].map((axis, i) => (shape[axis] - 0.5) * voxelSize[i]);

/** Å of one unit and of the frame's zero, per axis. RELION's centre stands at half the size. */
function scaleOf({ unit, from, voxelSize }: CoordinateFrame, grid: TomogramGrid) {
  const step = grid.voxelSize.map((size) => (unit === 'Å' ? 1 : (voxelSize ?? size)));
  const centre = [2, 1, 0].map((axis, i) => (grid.shape[axis] / 2) * grid.voxelSize[i]);
  return [step, from === 'centre' ? centre : [0, 0, 0]] as const;
}

function* betterFrame(
  list: ParticleList,
  index: Uint32Array,
  grid: TomogramGrid,
  used: CoordinateFrame,
): Steps<CoordinateFrame | null> {
  if (index.length === 0) return null;
  const present = yield* fitOf(list, index, grid, used);
  const cornered = present.inside >= CONVINCING && index.length >= 8 && present.reach < CORNER;
  if (present.inside >= DOUBTFUL && !cornered) return null;
  const others = alternatives(list, grid).filter((frame) => frameText(frame) !== frameText(used));
  const fits: { frame: CoordinateFrame; reach: number }[] = [];
  for (const frame of others) {
    const { inside, reach } = yield* fitOf(list, index, grid, frame);
    if (inside >= CONVINCING && (!cornered || reach > 2 * CORNER)) fits.push({ frame, reach });
  }
  fits.sort((a, b) => b.reach - a.reach);
  return fits[0]?.frame ?? null;
}

/** Readings that are confused with each other in practice. */
function alternatives(list: ParticleList, grid: TomogramGrid): CoordinateFrame[] {
  const own = list.frame.voxelSize;
  const centred = list.coordinates.some((value) => value < 0);
  const binned = [2, 4, 8, 1 / 2, 1 / 4, 1 / 8].map((bin) => grid.voxelSize[0] / bin);
  const sizes = [null, own, ...binned].filter((size, i, all) => all.indexOf(size) === i);
  return [
    { unit: 'Å', from: 'corner', voxelSize: null },
    ...(centred ? [{ unit: 'Å', from: 'centre', voxelSize: null } as const] : []),
    ...sizes.map((voxelSize): CoordinateFrame => ({ unit: 'voxel', from: 'corner', voxelSize })),
  ];
}

/** Share of particles inside, and how far along the axes (0 to 1, the least of x and y) they reach. */
function* fitOf(
  list: ParticleList,
  index: Uint32Array,
  grid: TomogramGrid,
  frame: CoordinateFrame,
): Steps<{ readonly inside: number; readonly reach: number }> {
  const [step, shift] = scaleOf(frame, grid);
  const extent = extentOf(grid);
  const [stepX, stepY, stepZ] = step;
  const [shiftX, shiftY, shiftZ] = shift;
  const [endX, endY, endZ] = extent;
  const [fromX, fromY, fromZ] = grid.voxelSize.map((size) => -size / 2);
  const { coordinates } = list;
  let farX = 0;
  let farY = 0;
  let inside = 0;
  for (let k = 0; k < index.length; k++) {
    if (rests(k)) yield;
    const i = 3 * index[k];
    const x = coordinates[i] * stepX + shiftX;
    const y = coordinates[i + 1] * stepY + shiftY;
    const z = coordinates[i + 2] * stepZ + shiftZ;
    if (x >= fromX && x < endX && y >= fromY && y < endY && z >= fromZ && z < endZ) inside++;
    if (x > farX) farX = x;
    if (y > farY) farY = y;
  }
  const reach = Math.min(1, Math.max(farX / endX, farY / endY));
  return { inside: inside / index.length, reach };
}

/** A name without folders and endings. */
const stem = (name: string) =>
  name
    .split(/[/\\]/)
    .at(-1)!
    .toLowerCase()
    .replace(/(\.[a-z]\w*)+$/, '');

/** Whether a name stands in a longer one, and not as a part of a number: TS_1 is not in TS_10. */
function standsIn(name: string, longer: string): boolean {
  if (name === '') return false;
  for (let at = longer.indexOf(name); at >= 0; at = longer.indexOf(name, at + 1)) {
    const cut = (inner: number, outer: number) =>
      /\d/.test(longer.charAt(inner)) && /\d/.test(longer.charAt(outer));
    if (!cut(at, at - 1) && !cut(at + name.length - 1, at + name.length)) return true;
  }
  return false;
}

/** The one of some names that is the same as another one, or in it, or the reverse; null where none or several are. */
function sameName(name: string, among: readonly string[]): number | null {
  const own = stem(name);
  const stems = among.map(stem);
  const equal = stems.indexOf(own);
  if (equal >= 0) return equal;
  const part = stems.flatMap((one, i) => (standsIn(one, own) || standsIn(own, one) ? [i] : []));
  return part.length === 1 ? part[0] : null;
}

/** Which of a list's tomograms a file is: the one whose name, without folders and endings, is in the file's or the reverse. */
export function tomogramIn(list: Pick<ParticleList, 'tomograms'>, fileName: string): number | null {
  return sameName(
    fileName,
    list.tomograms.map(({ name }) => name),
  );
}

/** Which file is the tomogram of a list; of one that has only a number, the file whose name ends in it. */
export function tomogramFile(tomogram: string, files: readonly string[]): string | null {
  const at = sameName(tomogram, files);
  if (at !== null) return files[at];
  const number = /^tomogram (\d+)$/.exec(tomogram)?.[1];
  if (number === undefined) return null;
  const numbered = files.filter(
    (file) => Number(/(\d+)\D*$/.exec(stem(file))?.[1]) === Number(number),
  );
  return numbered.length === 1 ? numbered[0] : null;
}
