import { readdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { badFile, badInput } from '../src/core/errors.ts';
import { tomogramsNamedAs } from '../src/core/particles/index.ts';
import {
  backProject,
  positionOf,
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
  type OpenOptions,
  openSource,
  type SourceVolume,
  toFloat32,
  type Vec3,
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
 * @param reading its voxel size is that of the images' pixels, in place of what the list says
 */
export async function projectionBoxes(
  path: string,
  { tilts, ctf }: Pick<ParticleFlags, 'tilts' | 'ctf'>,
  reading: OpenOptions,
): Promise<ParticleBoxes> {
  const transfer = oneOf('ctf', ctf ?? TRANSFERS[0], TRANSFERS);
  const list = readSubTilts({ name: path, bytes: await readBytes(path) });
  const needed = list.particles.some(({ own }) => own === null);
  const tomograms = needed ? await tomogramsOf(path, tilts) : null;
  const series = new Map<string, TiltSeries>();
  const seriesOf = async (tomogram: string, { name, bytes }: StarFile) => {
    const found =
      series.get(tomogram) ??
      (await readTiltSeries({ name, bytes }, tomogram, (wanted) => neighbour(name, wanted)));
    series.set(tomogram, found);
    return found;
  };
  const count = list.particles.length;
  return {
    list: path,
    count,
    findings: FINDINGS,
    async read(index, wanted) {
      const particle = list.particles[index];
      const { tomogram, row, rotation } = particle;
      const known = particle.own || !tomograms ? null : await seriesOf(tomogram, tomograms);
      const listed = await stackOf(list, particle, known);
      const stack = { ...listed, pixelSize: reading.voxelSize ?? listed.pixelSize };
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
      const [x, y, z] = positionOf(particle, known?.extent ?? null) ?? NOWHERE;
      return {
        volume,
        particle: {
          ...{ row: row + 1, position: [x, y, z], covered: 1, rotation },
          ...(particle.class !== null && { class: particle.class }),
        },
        steps: [
          `Particle ${index + 1} of ${count}: ${stack.tilts.length} projections of ${stack.size} x ${stack.size} pixels of ${Number(stack.pixelSize.toPrecision(5))} Å projected back into ${boxWords(shape, voxelSize, turn !== null)} (${weighting(stack, transfer)}).`,
        ],
        findings: [],
      };
    },
  };
}

const NOWHERE: Vec3 = [Number.NaN, Number.NaN, Number.NaN];

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
  series: TiltSeries | null,
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
  const seen = seenOf(fileName, particle, series);
  return withFile(path, async (source) => {
    const access = await openSource(source);
    const { shape, volumes } = access.header;
    // A stack of images may be said to be so many volumes of one section.
    const sections = volumes > 1 ? volumes * shape[0] : shape[0];
    const [, height, width] = shape;
    const wanted = seen.sections(sections);
    if (height !== width || width % 2 !== 0 || wanted === null)
      throw badFile(
        path,
        `it holds ${sections} images of ${width} x ${height} pixels, and ${fileName} says that the particle is seen in ${seen.tilts.length} tilts`,
        'one square image of even size for each of them',
      );
    const parts: Float32Array[] = [];
    for (let volume = 0; volume < volumes; volume++)
      parts.push(toFloat32((await access.read(volume)).volume.data));
    const images = new Float32Array(wanted.length * width * width);
    const perPart = parts[0].length / (width * width);
    wanted.forEach((section, i) => {
      const from = (section % perPart) * width * width;
      const part = parts[Math.floor(section / perPart)];
      images.set(part.subarray(from, from + width * width), i * width * width);
    });
    if (!Number.isFinite(computeStats(images).mean) || images.some((value) => value - value !== 0))
      throw badFile(path, 'it holds values that are not finite', 'projections of finite values');
    const { pixelSize, optics, multiplied } = group;
    return { images, size: width, pixelSize, tilts: seen.tilts, optics, multiplied };
  });
}

/** The tilts that a particle is seen in, and which of its stack's images they are: null where the stack has too few. */
function seenOf(fileName: string, particle: SubTiltParticle, series: TiltSeries | null) {
  const { own, visible } = particle;
  if (own) {
    const { sections, tilts } = own;
    return { tilts, sections: (of: number) => (sections.every((at) => at < of) ? sections : null) };
  }
  if (!series) throw badFile(fileName, `row ${particle.row + 1} has no tilts`, 'a tomograms.star');
  if (visible.length !== series.tilts.length)
    throw badFile(
      fileName,
      `row ${particle.row + 1} says of ${visible.length} images whether it is seen in them, and the tilt series of ${particle.tomogram} has ${series.tilts.length}`,
      'a list and a tomograms.star that belong together',
    );
  const tilts = tiltsOfParticle(series, particle);
  const all = [...visible.keys()].filter((at) => visible[at]);
  return {
    tilts,
    // RELION writes the images that a particle is seen in, Warp those of all tilts.
    sections: (of: number) =>
      of === tilts.length ? [...tilts.keys()] : of === visible.length ? all : null,
  };
}

async function tomogramsOf(path: string, given: string | undefined): Promise<StarFile> {
  if (given !== undefined) return { name: given, bytes: await readBytes(given) };
  let folder = resolve(dirname(path));
  for (let up = 0; up <= UP; up++, folder = dirname(folder)) {
    const names = (await readdir(folder).catch(() => [])).sort();
    const own = tomogramsNamedAs(path);
    const found = names.includes(own)
      ? own
      : names.find((name) => /^tomograms.*\.star$|_tomograms\.star$/i.test(name));
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
