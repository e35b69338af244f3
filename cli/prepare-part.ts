import { AppError, badInput } from '../src/core/errors.ts';
import {
  type Finding,
  type FitPlan,
  type InputExpectation,
  type PreparedInput,
  type PrepareOptions,
  planFit,
  preparePart,
  type Region,
  type Shape3,
  type SourceGrid,
  type SourceVolume,
  type VolumeAccess,
  type VolumeHeader,
} from '../src/core/volume/index.ts';
import type { Part } from './input-parts.ts';

/** Largest region that is read as it is; of a larger one blocks of voxels are averaged. */
const MAX_VOXELS = 2 ** 28;

/** Reads what the network needs of a part, no more, and prepares it. */
export async function prepareFrom(
  access: VolumeAccess,
  { volume, section }: Part,
  path: string,
  expectation: InputExpectation,
  options: PrepareOptions,
): Promise<{ prepared: PreparedInput; findings: readonly Finding[] }> {
  const { header } = access;
  const within = section ?? 0;
  const shape: Shape3 = section === null ? header.shape : [1, header.shape[1], header.shape[2]];
  const source: SourceGrid = { ...gridAt(header, within), shape };
  const plan = named(path, expectation, options, source, () =>
    planFit(source, expectation, options),
  );
  const all: Region = { start: [0, 0, 0], shape };
  // A file in memory is prepared from all of it, so that its mean fills what is padded.
  const region = access.inMemory ? all : plan.region;
  const inFile: Region = {
    start: [region.start[0] + within, region.start[1], region.start[2]],
    shape: region.shape,
  };
  const whole = region.shape.every((n, axis) => n === header.shape[axis]);
  const voxels = region.shape[0] * region.shape[1] * region.shape[2];
  if (plan.how === 'resample' && voxels > MAX_VOXELS) {
    return prepareBinned(access, volume, plan, voxels, expectation, options);
  }
  const part = await access.read(volume, whole ? undefined : inFile);
  const mean = plan.pads && !access.inMemory ? (await access.stats(volume)).mean : undefined;
  const own: SourceVolume = { ...part.volume };
  const prepared = named(path, expectation, options, source, () =>
    preparePart(plan, own, region, expectation, { ...options, mean }),
  );
  return { prepared, findings: part.findings };
}

/** The same for a box too large to be read as it is: its blocks are averaged while it is read. */
async function prepareBinned(
  access: VolumeAccess,
  volume: number,
  plan: FitPlan,
  voxels: number,
  expectation: InputExpectation,
  options: PrepareOptions,
): Promise<{ prepared: PreparedInput; findings: readonly Finding[] }> {
  const factor = Math.ceil(Math.cbrt(voxels / MAX_VOXELS));
  const part = await access.readBinned(volume, factor);
  const binned: FitPlan = {
    ...plan,
    source: part.volume,
    region: { start: [0, 0, 0], shape: part.volume.shape },
    steps: [
      `Blocks of ${factor}³ voxels were averaged while reading, because the box has ${voxels} voxels.`,
      ...plan.steps,
    ],
  };
  const prepared = preparePart(binned, part.volume, binned.region, expectation, options);
  return { prepared, findings: part.findings };
}

/** The grid of a volume from one of its sections on. */
function gridAt(
  { shape, voxelSize, voxelSizeKnown, origin }: VolumeHeader,
  section: number,
): SourceGrid {
  const [x, y, z] = origin;
  return { shape, voxelSize, voxelSizeKnown, origin: [x, y, z + section * voxelSize[2]] };
}

/** Puts the path, and the flags that help, on what `work` throws. */
function named<T>(
  path: string,
  { shape }: InputExpectation,
  { fit }: PrepareOptions,
  source: SourceGrid,
  work: () => T,
): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const box = (fit ?? 'none') === 'none' && source.shape.some((n, axis) => n !== shape[axis]);
    const size = fit === 'resample';
    throw badInput(
      `${path}: ${error.message}${box ? ' See --fit.' : size ? ' See --voxel-size.' : ''}`,
    );
  }
}
