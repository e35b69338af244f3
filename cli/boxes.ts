import { AppError, badInput } from '../src/core/errors.ts';
import type { Matrix3 } from '../src/core/particles/index.ts';
import {
  boxOf,
  boxText,
  type Finding,
  prepareInput,
  type Shape3,
  type SourceGrid,
  type SourceVolume,
  type Vec3,
} from '../src/core/volume/index.ts';
import type { InputFile } from './network-input.ts';

/** Which particle an input is. */
export interface Particle {
  /** Row of the list, from 1. */
  readonly row: number;
  /** x, y, z in Å: from the centre of the tomogram's first voxel, of projections from the tomogram's centre. */
  readonly position: Vec3;
  /** Share of its box, 0 to 1, that its volume reaches. */
  readonly covered: number;
  readonly class?: string;
  readonly score?: number;
  /** Of the reference into the box as it stands without `--oriented`; null without angles. */
  readonly rotation: Matrix3 | null;
}

/** The box that is asked for. */
export interface WantedBox {
  readonly shape: Shape3;
  /** Å; null: of whatever the particle is cut from. */
  readonly voxelSize: number | null;
  /** Turned by the particle's angles, so that it lies as the reference does. */
  readonly oriented: boolean;
}

export interface OwnBox {
  /** As in the file, neither inverted nor normalised. */
  readonly volume: SourceVolume<Float32Array>;
  readonly particle: Particle;
  /** How it was made, one sentence each. */
  readonly steps: readonly string[];
  readonly findings: readonly Finding[];
}

/** The particles of a list, wherever their boxes come from. */
export interface ParticleBoxes {
  readonly list: string;
  readonly count: number;
  /** About the list as a whole, and what of it is left out. */
  readonly findings: readonly Finding[];
  /** One box, counted from 0. @throws AppError 'bad-file', 'bad-input' */
  read(index: number, box: WantedBox): Promise<OwnBox>;
}

/** A particle whose volume or projections are missing or damaged; others of its list may be there. */
export class MissingBox extends AppError {}

/** Each particle as an input of a network. Those that are missing or damaged are a {@link MissingBox}. */
export function inputsOf(
  boxes: ParticleBoxes,
  inputShape: readonly number[],
  oriented: boolean,
): InputFile {
  const { list, count } = boxes;
  const shape = particleShape(list, inputShape);
  return {
    count,
    // The boxes are cut at the network's, where it is known.
    voxelSize: null,
    picture: false,
    async read(index, expectation, prepare) {
      requireParticle(boxes, index);
      const { voxelScale = 1 } = prepare;
      const { voxelSize: expected, normalization, steps: preprocessing } = expectation;
      const voxelSize = expected === undefined ? null : expected / voxelScale;
      const wanted = { shape, voxelSize, oriented };
      const { volume, particle, steps, findings } = await boxes
        .read(index, wanted)
        .catch((error: unknown) => {
          if (!(error instanceof AppError) || error.code !== 'bad-file') throw error;
          throw new MissingBox(error.code, error.message, { cause: error });
        });
      const prepared = prepareInput(
        volume,
        {
          ...{ shape, normalization, steps: preprocessing },
          voxelSize: voxelScale === 1 ? expected : undefined,
        },
        { ...prepare, fit: 'none', voxelScale: 1 },
      );
      return {
        data: prepared.volume.data,
        shape: inputShape,
        layout: 'z,y,x',
        grid: prepared.volume,
        steps: [...steps, ...prepared.steps],
        rawMean: prepared.rawMean,
        findings: [...boxes.findings, ...findings],
        ...{ index, count, particle },
      };
    },
  };
}

/** The box of a network that takes particles; throws `bad-input` for one that does not. */
export function particleShape(list: string, inputShape: readonly number[]): Shape3 {
  if (inputShape.length === 4 && inputShape[3] === 1) return boxOf(inputShape);
  throw badInput(
    `${list}: particles are volumes of one channel, and the network takes ${inputShape.join(' x ')}; accepted: a 3D network of one channel`,
  );
}

function requireParticle({ list, count }: ParticleBoxes, index: number): void {
  if (index < count) return;
  throw badInput(
    `${list}: there is no particle ${index + 1}, ${count} can be read; accepted: --volume 1 to ${count}`,
  );
}

/** Å of a box's voxels: those asked for, where it is known how large the voxels are that it is cut from. */
export function voxelOf(
  { voxelSize: [own], voxelSizeKnown }: Pick<SourceGrid, 'voxelSize' | 'voxelSizeKnown'>,
  { voxelSize }: WantedBox,
): number {
  return voxelSizeKnown ? (voxelSize ?? own) : own;
}

/** How a box is made, in words: `a box of 40 x 40 x 40 voxels of 10 Å, turned by its angles`. */
export function boxWords(shape: Shape3, voxelSize: number, turned: boolean): string {
  return `a box of ${boxText(shape)} voxels of ${Number(voxelSize.toPrecision(5))} Å${turned ? ', turned by its angles' : ''}`;
}

/** The turn that a box takes; throws `bad-input` where it is asked for and the list has no angles. */
export function turnOf(
  list: string,
  { oriented }: WantedBox,
  rotation: Matrix3 | null,
): Matrix3 | null {
  if (oriented && !rotation)
    throw badInput(`${list}: it has no angles; accepted: without --oriented`);
  return oriented ? rotation : null;
}

/** What is said where a box reaches beyond what its particle is cut from. */
export function coverSteps(covered: number, what: string): string[] {
  const percent = Math.round(100 * (1 - covered));
  return percent > 0 ? [`${percent}% of the box lie outside the ${what} and hold its mean.`] : [];
}
