import type { Axes } from '../src/core/segmentation/index.ts';
import type {
  Finding,
  InputExpectation,
  Normalization,
  OpenOptions,
  PrepareOptions,
  SourceGrid,
} from '../src/core/volume/index.ts';
import type { Declared } from '../src/engine/types.ts';
import type { Particle } from './boxes.ts';
import type { ParticleFlags } from './particle-files.ts';

/** How a file is read, and how the network's file declares its input. */
export interface InputOptions extends OpenOptions {
  readonly declared?: Declared;
  /** How pictures are scaled where the network's author does not say it. */
  readonly scaling?: Normalization;
  /** For each axis of the network, which of the file's it runs along, where they are others. */
  readonly axes?: Axes;
  /** What is said about the file where it is a list of particles. */
  readonly particles?: ParticleFlags & { readonly oriented: boolean };
}

export type InputLayout = 'channels-first' | 'channels-last' | 'z,y,x' | 'y,x';

/** A file made ready for one network. */
export interface NetworkInput {
  /** `[z, y, x, c]` or `[y, x, c]` flattened, normalised. */
  readonly data: Float32Array;
  /** The network's input shape. */
  readonly shape: readonly number[];
  /** Which axes the file has. */
  readonly layout: InputLayout;
  /** Where the network's voxels lie; `[1, y, x]` for 2D. */
  readonly grid: SourceGrid;
  /** What was done to the file, one sentence each. */
  readonly steps: readonly string[];
  /** Mean before it was normalised, in standard deviations; null where it has none. */
  readonly rawMean: number | null;
  /** What is unusual about the file. */
  readonly findings: readonly Finding[];
  /** Which of the file's volumes or images this is, from 0. */
  readonly index: number;
  /** How many of them the file holds. */
  readonly count: number;
  /** Of a list of particles, which one. */
  readonly particle?: Particle;
}

/** The part of `explain --json` about the input; `volume` counts from 1. */
export function inputDocument({
  shape,
  layout,
  grid,
  index,
  count,
  steps,
  findings,
  particle,
}: NetworkInput) {
  const { voxelSize, voxelSizeKnown } = grid;
  return {
    shape,
    layout,
    voxelSize,
    voxelSizeKnown,
    volume: index + 1,
    volumes: count,
    ...(particle && { particle: withoutRotation(particle) }),
    steps,
    findings,
  };
}

function withoutRotation({ rotation: _, ...rest }: Particle) {
  return rest;
}

/** What a file holds for one network. */
export interface InputFile {
  /** Volumes, or images for a network of images. */
  readonly count: number;
  /** Å, of all axes where they differ their mean; null where the file does not say. */
  readonly voxelSize: number | null;
  readonly picture: boolean;
  /** Reads and prepares one, counted from 0. Throws `bad-file` or `bad-input`. */
  read(index: number, expectation: Expectation, options: PrepareOptions): Promise<NetworkInput>;
}

export type Expectation = Omit<InputExpectation, 'shape'>;

/** Whether a network takes images, also as volumes of one section. */
export const isFlat = (inputShape: readonly number[]): boolean =>
  inputShape.length === 3 || inputShape[0] === 1;
