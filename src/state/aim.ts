import type { SourceGrid } from '../core/volume/index.ts';
import type { Vec3 } from '../core/volume/types.ts';
import { type Aim, aimKey, DEFAULT_AIM } from '../core/session/index.ts';
import { targetCount, targetKindsOf } from '../core/target/index.ts';
import type { Explanation, ModelInfo, OutputInfo, Target, TargetKind } from '../engine/types.ts';

export { type Aim, aimKey, DEFAULT_AIM };

/** More numbers than these are not explained all at once. */
const MOST_AT_ONCE = 64;

/** The output that is asked about. */
export function outputOf({ outputs }: ModelInfo, { output }: Pick<Aim, 'output'>): OutputInfo {
  return outputs.find(({ name }) => name === output) ?? outputs[0];
}

/** The kinds of numbers of an output, the default one first. Those of an embedding are no classes. */
export function kindsOf({ shape, embedding }: OutputInfo): readonly TargetKind[] {
  const kinds = targetKindsOf(shape);
  return embedding ? kinds.filter((kind) => kind === 'value' || kind === 'similarity') : kinds;
}

/** The kind of number that is asked about. */
export function targetKindOf(model: ModelInfo, aim: Aim): TargetKind {
  return aim.target?.kind ?? kindsOf(outputOf(model, aim))[0];
}

/** What of an aim a network has. */
export function knownAim(model: ModelInfo, aim: Aim): Aim {
  const known = aim.output === null || model.outputs.some(({ name }) => name === aim.output);
  return known ? aim : DEFAULT_AIM;
}

/** Whether every number can be explained at once, so that choosing another one takes no time. */
export function explainsAll(model: ModelInfo, aim: Aim): boolean {
  const { shape } = outputOf(model, aim);
  return targetCount(aim.target ?? targetKindOf(model, aim), shape) <= MOST_AT_ONCE;
}

/** Whether averages of a layer make the numbers that are asked about, so that CAM is defined there. */
export function isAveraged({ layers }: ModelInfo, { output }: Aim, layer: string): boolean {
  return output === null && (layers.find(({ name }) => name === layer)?.averaged ?? false);
}

/** Names of the numbers of an answer: classes where they are, else counted. */
export function namesOf(model: ModelInfo, { target, scores }: Explanation): readonly string[] {
  if (target.kind === 'similarity')
    return scores.length === 1 && !target.references
      ? ['the reference']
      : Array.from(scores, (_, index) => target.references?.[index] ?? `reference ${index + 1}`);
  const main = target.output === model.outputs[0].name && target.kind !== 'value';
  if (main && model.classes.length === scores.length) return model.classes;
  return Array.from(scores, (_, index) => `${target.output} ${index}`);
}

/** Radius in voxels of the ball that is asked about first. */
export const FIRST_RADIUS = 4;

/**
 * A ball of the output around a place in the input.
 *
 * @param place Å, `[x, y, z]`
 */
export function ballAt(
  { shape, voxelSize, origin }: SourceGrid,
  place: Vec3,
  { shape: output }: OutputInfo,
  radius: number,
): Target {
  const centre = shape.map((size, axis) => {
    const voxel = (place[2 - axis] - origin[2 - axis]) / voxelSize[2 - axis];
    // Half a voxel stands before the first centre, whatever the grid.
    const at = ((voxel + 0.5) * output[axis]) / size - 0.5;
    return Math.min(output[axis] - 1, Math.max(0, Math.round(at)));
  });
  return { kind: 'segmentation', region: { kind: 'ball', centre, radius } };
}
