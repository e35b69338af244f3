import { badInput } from '../src/core/errors.ts';
import {
  type Matrix3,
  type ParticleList,
  type PlacedParticles,
  readBox,
  rotationAt,
} from '../src/core/particles/index.ts';
import {
  boxOf,
  boxText,
  prepareInput,
  type Vec3,
  type VolumeAccess,
} from '../src/core/volume/index.ts';
import { namesProjections } from '../src/core/subtilt/index.ts';
import { readBytes } from './files.ts';
import type { InputFile, InputOptions, NetworkInput } from './input.ts';
import { type ParticleFlags, particlesOf, placedBy } from './particle-files.ts';
import { openSubTilts } from './sub-tilt-input.ts';
import { withTomogram } from './tomogram-files.ts';

/** Which particle an input is. */
export interface Particle {
  /** Row of the list, from 1. */
  readonly row: number;
  /** x, y, z in Å from the centre of the tomogram's first voxel. */
  readonly position: Vec3;
  /** Share of its box, 0 to 1, that lies in the tomogram. */
  readonly covered: number;
  readonly class?: string;
  readonly score?: number;
  /** Of the reference into the tomogram; null without angles. */
  readonly rotation: Matrix3 | null;
}

/** The particles of a list that stand in a tomogram, each as an input of a network; its boxes are read one by one. */
export async function withParticles<T>(
  path: string,
  inputShape: readonly number[],
  options: InputOptions & { readonly particles: ParticleFlags & { readonly oriented: boolean } },
  use: (file: InputFile) => Promise<T>,
): Promise<T> {
  const { tomogram, tilts, oriented } = options.particles;
  if (tomogram === undefined) {
    const head = (await readBytes(path)).subarray(0, 1 << 16);
    if (namesProjections(new TextDecoder().decode(head)))
      return use(await openSubTilts(path, inputShape, tilts, oriented));
  }
  const list = await particlesOf(path);
  if (tomogram === undefined) {
    throw badInput(
      `${path}: this is a list of ${list.count} particles; accepted: with --tomogram, the volume that they stand in`,
    );
  }
  return withTomogram(tomogram, options, async (access) =>
    use(await openParticles(list, access, inputShape, options)),
  );
}

async function openParticles(
  list: ParticleList,
  access: VolumeAccess,
  inputShape: readonly number[],
  { particles: flags }: Parameters<typeof withParticles>[2],
): Promise<InputFile> {
  const { header, fileName } = access;
  const shape = boxOf(inputShape);
  if (inputShape.length !== 4 || inputShape[3] !== 1) {
    throw badInput(
      `${list.fileName}: particles are volumes of one channel, and the network takes ${inputShape.join(' x ')}; accepted: a 3D network of one channel`,
    );
  }
  const placed = placedBy(list, header, flags);
  const inside = Array.from(placed.inside.keys()).filter((k) => placed.inside[k] === 1);
  if (inside.length === 0) throw nothingInside(list, placed, fileName);
  return {
    count: inside.length,
    // The boxes are cut at the network's, where it is known.
    voxelSize: null,
    picture: false,
    async read(index, expectation, prepare): Promise<NetworkInput> {
      const at = inside[index];
      if (at === undefined) {
        throw badInput(
          `${list.fileName}: there is no particle ${index + 1}, ${inside.length} stand in ${fileName}; accepted: --volume 1 to ${inside.length}`,
        );
      }
      const row = placed.index[at];
      const [x, y, z] = placed.positions.subarray(3 * at, 3 * at + 3);
      const { voxelScale = 1 } = prepare;
      const voxelSize = (expectation.voxelSize ?? header.voxelSize[0]) / voxelScale;
      const own = rotationAt(list, row);
      if (flags.oriented && !own)
        throw badInput(`${list.fileName}: it has no angles; accepted: without --oriented`);
      const rotation = flags.oriented ? own : null;
      const box = await readBox(access, [x, y, z], { shape, voxelSize }, rotation);
      const { normalization } = expectation;
      const prepared = prepareInput(
        box.volume,
        { shape, normalization, voxelSize: voxelScale === 1 ? expectation.voxelSize : undefined },
        { ...prepare, fit: 'none', voxelScale: 1 },
      );
      const nm = (value: number) => Number((value / 10).toPrecision(5));
      const percent = Math.round(100 * (1 - box.covered));
      return {
        data: prepared.volume.data,
        shape: inputShape,
        layout: 'z,y,x',
        grid: prepared.volume,
        steps: [
          `Particle ${row + 1} of ${list.count} at ${nm(x)}, ${nm(y)}, ${nm(z)} nm (x, y, z): a box of ${boxText(shape)} voxels of ${Number(voxelSize.toPrecision(5))} Å${rotation ? ', turned by its angles' : ''} (windowed sinc).`,
          ...(percent > 0
            ? [`${percent}% of the box lie outside the tomogram and hold its mean.`]
            : []),
          ...prepared.steps,
        ],
        rawMean: prepared.rawMean,
        findings: [...list.findings, ...placed.findings, ...box.findings],
        index,
        count: inside.length,
        particle: {
          row: row + 1,
          position: [x, y, z],
          covered: box.covered,
          rotation: own,
          ...(list.classes && { class: list.classes.names[list.classes.index[row]] }),
          ...(list.score && { score: list.score.values[row] }),
        },
      };
    },
  };
}

function nothingInside(list: ParticleList, { index, findings }: PlacedParticles, tomogram: string) {
  const doubt = findings.find(({ code }) => code === 'units')?.message;
  return badInput(
    `${list.fileName}: none of the ${index.length} particles stands in ${tomogram}.${doubt ? ` ${doubt}` : ''} Accepted: particles of this tomogram, or --coordinates`,
  );
}
