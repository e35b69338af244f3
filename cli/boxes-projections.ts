import { readdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
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
  TRANSFERS,
  type TransferUse,
} from '../src/core/subtilt/index.ts';
import {
  boxText,
  computeStats,
  type Finding,
  openSource,
  type SourceVolume,
  toFloat32,
} from '../src/core/volume/index.ts';
import { findBeside, UP } from './beside.ts';
import { boxWords, type ParticleBoxes, turnOf } from './boxes.ts';
import { readBytes, withFile } from './files.ts';
import { oneOf } from './parse.ts';
import type { ParticleFlags } from './particle-files.ts';

/**
 * The particles of a list that gives each as a stack of projections, projected back into boxes.
 *
 * @param tilts the `tomograms.star`; by default the one beside the list or in a folder above it
 */
export async function projectionBoxes(
  path: string,
  { tilts, ctf }: Pick<ParticleFlags, 'tilts' | 'ctf'>,
): Promise<ParticleBoxes> {
  const transfer = oneOf('ctf', ctf ?? TRANSFERS[0], TRANSFERS);
  const list = readSubTilts({ name: path, bytes: await readBytes(path) });
  const tomograms = await tomogramsOf(path, tilts);
  const series = new Map<string, TiltSeries>();
  const count = list.particles.length;
  return {
    list: path,
    count,
    findings: FINDINGS,
    async read(index, wanted) {
      const particle = list.particles[index];
      const { tomogram, row, rotation } = particle;
      const known =
        series.get(tomogram) ??
        (await readTiltSeries(tomograms, tomogram, (name) => neighbour(tomograms.name, name)));
      series.set(tomogram, known);
      const stack = await stackOf(list, particle, known);
      const { shape } = wanted;
      const [size] = shape;
      if (shape.some((n) => n !== size)) {
        throw badInput(
          `${path}: particles given as projections are brought together in a cube, and the network takes ${boxText(shape)} voxels; accepted: a network of cubes, or --tomogram`,
        );
      }
      const voxelSize = wanted.voxelSize ?? stack.pixelSize;
      const turn = turnOf(path, wanted, rotation);
      const data = backProject(stack, { size, voxelSize, rotation: turn, transfer });
      const corner = (-(size - 1) / 2) * voxelSize;
      const volume: SourceVolume<Float32Array> = {
        data,
        shape,
        voxelSize: [voxelSize, voxelSize, voxelSize],
        voxelSizeKnown: true,
        origin: [corner, corner, corner],
      };
      const [x, y, z] = particle.position ?? [Number.NaN, Number.NaN, Number.NaN];
      return {
        volume,
        particle: {
          ...{ row: row + 1, position: [x, y, z], covered: 1, rotation },
          ...(particle.class !== null && { class: particle.class }),
        },
        steps: [
          `Particle ${row + 1} of ${count}: ${stack.tilts.length} projections of ${stack.size} x ${stack.size} pixels of ${Number(stack.pixelSize.toPrecision(5))} Å projected back into ${boxWords(shape, voxelSize, turn !== null)} (${weighting(stack, transfer)}).`,
        ],
        findings: [],
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

/** What is done to the contrast transfer of projections, in words. */
const TRANSFER_WORDS: Readonly<Record<TransferUse, string>> = {
  corrected: 'contrast transfer corrected for',
  kept: 'contrast transfer kept',
  squared: 'contrast transfer squared',
};

function weighting({ tilts, multiplied }: SubTiltStack, transfer: TransferUse): string {
  const focus = tilts.some((tilt) => tilt.focus);
  const dose = tilts.some((tilt) => tilt.dose !== null);
  const before = multiplied ? 'multiplied with contrast transfer before, ' : '';
  return [
    'slices weighted by their overlap',
    ...(focus ? [`${before}${TRANSFER_WORDS[transfer]}`] : []),
    ...(dose ? ['dose weighted'] : []),
  ].join(', ');
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

async function neighbour(from: string, name: string): Promise<StarFile | null> {
  const path = await findBeside(from, name);
  return path === null ? null : { name: path, bytes: await readBytes(path) };
}
