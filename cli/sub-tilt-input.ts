import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { badFile, badInput } from '../src/core/errors.ts';
import {
  backProject,
  readSubTilts,
  readTiltSeries,
  type StarFile,
  type SubTiltList,
  type SubTiltParticle,
  type SubTiltStack,
  tiltsOfParticle,
  type TiltSeries,
} from '../src/core/subtilt/index.ts';
import {
  boxText,
  computeStats,
  type Finding,
  openSource,
  prepareInput,
  type SourceVolume,
  toFloat32,
} from '../src/core/volume/index.ts';
import { readBytes, withFile } from './files.ts';
import type { InputFile, NetworkInput } from './input.ts';

/** Folders above a list in which what it names is looked for: projects are several deep. */
const UP = 4;

/**
 * The particles of a list that gives each as a stack of projections, as inputs of a network: projected back into its box.
 *
 * @param tilts the `tomograms.star`; by default the one beside the list or in a folder above it
 */
export async function openSubTilts(
  path: string,
  inputShape: readonly number[],
  tilts: string | undefined,
  oriented: boolean,
): Promise<InputFile> {
  const [edge, ...others] = inputShape.slice(0, 3);
  if (inputShape.length !== 4 || inputShape[3] !== 1 || others.some((n) => n !== edge)) {
    throw badInput(
      `${path}: particles given as projections are brought together in a cube of one channel, and the network takes ${inputShape.join(' x ')}; accepted: a network of cubes, or --tomogram`,
    );
  }
  const list = readSubTilts({ name: path, bytes: await readBytes(path) });
  const tomograms = await tomogramsOf(path, tilts);
  const series = new Map<string, TiltSeries>();
  return {
    count: list.particles.length,
    // The box is made at the network's, where it is known.
    voxelSize: null,
    picture: false,
    async read(index, expectation, prepare): Promise<NetworkInput> {
      const particle = list.particles[index];
      if (!particle) {
        throw badInput(
          `${path}: there is no particle ${index + 1}, it lists ${list.particles.length}; accepted: --volume 1 to ${list.particles.length}`,
        );
      }
      const { tomogram, row, rotation } = particle;
      const known =
        series.get(tomogram) ??
        (await readTiltSeries(tomograms, tomogram, (name) => neighbour(tomograms.name, name)));
      series.set(tomogram, known);
      const stack = await stackOf(list, particle, known);
      const { voxelScale = 1 } = prepare;
      const voxelSize = (expectation.voxelSize ?? stack.pixelSize) / voxelScale;
      if (oriented && !rotation)
        throw badInput(`${path}: it has no angles; accepted: without --oriented`);
      const turn = oriented ? rotation : null;
      const data = backProject(stack, { size: edge, voxelSize, rotation: turn });
      const shape = [edge, edge, edge] as const;
      const corner = (-(edge - 1) / 2) * voxelSize;
      const box: SourceVolume<Float32Array> = {
        data,
        shape,
        voxelSize: [voxelSize, voxelSize, voxelSize],
        voxelSizeKnown: true,
        origin: [corner, corner, corner],
      };
      const { normalization, steps } = expectation;
      const prepared = prepareInput(
        box,
        {
          shape,
          normalization,
          steps,
          voxelSize: voxelScale === 1 ? expectation.voxelSize : undefined,
        },
        { ...prepare, fit: 'none', voxelScale: 1 },
      );
      const [x, y, z] = particle.position ?? [Number.NaN, Number.NaN, Number.NaN];
      return {
        data: prepared.volume.data,
        shape: inputShape,
        layout: 'z,y,x',
        grid: prepared.volume,
        steps: [
          `Particle ${row + 1} of ${list.particles.length}: ${stack.tilts.length} projections of ${stack.size} x ${stack.size} pixels of ${Number(stack.pixelSize.toPrecision(5))} Å projected back into a box of ${boxText(shape)} voxels of ${Number(voxelSize.toPrecision(5))} Å${turn ? ', turned by its angles' : ''} (${weighting(stack)}).`,
          ...prepared.steps,
        ],
        rawMean: prepared.rawMean,
        findings: FINDINGS,
        index,
        count: list.particles.length,
        particle: { row: row + 1, position: [x, y, z], covered: 1, rotation },
      };
    },
  };
}

const FINDINGS: readonly Finding[] = [
  {
    code: 'contrast',
    severity: 'info',
    message:
      'RELION and Warp write projections with bright particles; --invert makes them dark, as most networks of tomograms were trained.',
  },
];

function weighting({ tilts, multiplied }: SubTiltStack): string {
  const focus = tilts.some((tilt) => tilt.focus);
  const dose = tilts.some((tilt) => tilt.dose !== null);
  const parts = [
    'slices weighted by their overlap',
    ...(focus
      ? [`contrast transfer ${multiplied ? 'multiplied with before, ' : ''}corrected for`]
      : []),
    ...(dose ? ['dose weighted'] : []),
  ];
  return parts.join(', ');
}

/** The projections of a particle, checked against its tilts. */
async function stackOf(
  list: SubTiltList,
  particle: SubTiltParticle,
  series: TiltSeries,
): Promise<SubTiltStack> {
  const { fileName, groups } = list;
  const group = groups.get(particle.group);
  if (!group)
    throw badFile(
      fileName,
      `row ${particle.row + 1} is of optics group ${particle.group}, which its optics table lacks`,
      `one of ${[...groups.keys()].join(', ')}`,
    );
  const name = particle.image.replace(/^\d+@/, '');
  const path = await findBeside(fileName, name);
  if (path === null)
    throw badFile(
      name,
      `this stack of projections, which ${fileName} names, is not there`,
      'the folder of the project as RELION or Warp wrote it',
    );
  const { visible } = particle;
  if (visible.length !== series.tilts.length)
    throw badFile(
      fileName,
      `row ${particle.row + 1} says of ${visible.length} images whether it is seen in them, and the tilt series of ${particle.tomogram} has ${series.tilts.length}`,
      'a list and a tomograms.star that belong together',
    );
  const tilts = tiltsOfParticle(series, particle);
  return withFile(path, async (source) => {
    const access = await openSource(source);
    const { shape, volumes } = access.header;
    // A stack of images may be said to be so many volumes of one section.
    const sections = volumes > 1 ? volumes * shape[0] : shape[0];
    const [, height, width] = shape;
    if (height !== width || width % 2 !== 0 || sections !== tilts.length)
      throw badFile(
        path,
        `it holds ${sections} images of ${width} x ${height} pixels, and ${fileName} says that the particle is seen in ${tilts.length} tilts`,
        'one square image of even size for each of them',
      );
    const parts: Float32Array[] = [];
    for (let volume = 0; volume < volumes; volume++)
      parts.push(toFloat32((await access.read(volume)).volume.data));
    const images = new Float32Array(sections * width * width);
    parts.reduce((at, part) => {
      images.set(part, at);
      return at + part.length;
    }, 0);
    if (!Number.isFinite(computeStats(images).mean) || images.some((value) => value - value !== 0))
      throw badFile(path, 'it holds values that are not finite', 'projections of finite values');
    const { pixelSize, optics, multiplied } = group;
    return { images, size: width, pixelSize, tilts, optics, multiplied };
  });
}

async function tomogramsOf(path: string, given: string | undefined): Promise<StarFile> {
  if (given !== undefined) return { name: given, bytes: await readBytes(given) };
  let folder = resolve(dirname(path));
  for (let up = 0; up <= UP; up++, folder = dirname(folder)) {
    const names = (await readdir(folder).catch(() => [])).sort();
    const found = names.find((name) => /^tomograms.*\.star$|_tomograms\.star$/i.test(name));
    if (found) {
      const name = join(folder, found);
      return { name, bytes: await readBytes(name) };
    }
  }
  throw badInput(
    `${path}: its particles are stacks of projections, and the tilts they were taken at are not known; accepted: with the tomograms.star of RELION or Warp and the tilt-series files it names beside it, or --tilts FILE; or --tomogram, the volume they stand in`,
  );
}

/** A file that another one names, as a path from its folder, from one above it, or beside it. */
async function findBeside(from: string, name: string): Promise<string | null> {
  const folder = resolve(dirname(from));
  const paths = [join(folder, basename(name))];
  for (let up = 0, at = folder; up <= UP; up++, at = dirname(at)) paths.push(resolve(at, name));
  for (const path of paths.reverse()) {
    const info = await stat(path).catch(() => null);
    if (info?.isFile()) return path;
  }
  return null;
}

async function neighbour(from: string, name: string): Promise<StarFile | null> {
  const path = await findBeside(from, name);
  return path === null ? null : { name: path, bytes: await readBytes(path) };
}
