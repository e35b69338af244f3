import {
  type ClassRoles,
  createJudge,
  type Decision,
  type Judge,
  localMaxima,
  suppress,
  windowCount,
  type WindowGrid,
  windowStart,
} from '../src/core/picking/index.ts';
import type { Normalization, Shape3, SourceVolume, Vec3 } from '../src/core/volume/index.ts';
import type { Engine, ModelInfo, TaskOptions } from '../src/engine/types.ts';
import { type BoxScorer, createBoxScorer, scoreBoxes } from './pick-boxes.ts';

export interface PickSettings {
  /** Voxels between windows. */
  readonly stride: number;
  readonly roles: ClassRoles;
  /** Least probability, or least standing where there is no background class. */
  readonly threshold: number;
  /** Å: picks are at least so far apart. */
  readonly distance: number;
  readonly normalization: Normalization;
  /** Moves picks by single voxels to where the network is surest. */
  readonly refine: boolean;
  /** Most candidates that are scored by themselves. */
  readonly most: number;
  /** Scores every window by itself. */
  readonly boxes: boolean;
}

/** One pick, at its place x, y, z in voxels of the volume. */
export interface Picked extends Decision {
  readonly voxel: Vec3;
}

export interface WindowPicks {
  /** Best first. */
  readonly picks: readonly Picked[];
  readonly grid: WindowGrid;
  /** By class, before the softmax. */
  readonly scores: readonly Float32Array[];
  readonly candidates: number;
  /** Windows that were scored by themselves. */
  readonly exact: number;
  readonly backend: string;
  /** Milliseconds. */
  readonly timing: {
    /** The windows, by shared convolutions or one by one. */
    readonly windows: number;
    readonly rescoring: number;
  };
}

/** Candidates of shared scores, which are near the exact ones, need this share of the threshold. */
const LOOSE = 0.5;

/** Runs a classifier over a volume, and scores what stands out again, each window by itself. */
export async function pickByWindows(
  engine: Engine,
  info: ModelInfo,
  volume: SourceVolume<Float32Array>,
  settings: PickSettings,
  { signal, onProgress }: Required<TaskOptions>,
): Promise<WindowPicks> {
  const { stride, roles, threshold, distance, normalization, boxes, refine, most } = settings;
  const size: Shape3 = [info.inputShape[0], info.inputShape[1], info.inputShape[2]];
  const scorer = createBoxScorer(engine, info, volume, normalization, signal);
  const { data, shape } = volume;
  const windows = boxes
    ? await scoreBoxes(scorer, shape, size, stride, (fraction) =>
        onProgress({ stage: 'Scoring the windows one by one', fraction }),
      )
    : await engine
        .windows(
          { model: info.id, input: data, shape, normalization, stride },
          { signal, onProgress },
        )
        .then((found) => ({ ...found, milliseconds: found.timing.total }));
  const { grid, scores } = windows;
  const started = performance.now();
  const judge = createJudge(scores, roles);
  const values = new Float32Array(windowCount(grid));
  for (let i = 0; i < values.length; i++) values[i] = judge(scores.map((of) => of[i])).value;
  const middle = (start: Shape3): Vec3 => [
    start[2] + (size[2] - 1) / 2,
    start[1] + (size[1] - 1) / 2,
    start[0] + (size[0] - 1) / 2,
  ];
  const spacing = distance / volume.voxelSize[0];
  const least = boxes ? threshold : LOOSE * threshold;
  const maxima = localMaxima(values, grid.shape, least).map((index) => {
    const start = windowStart(grid, index);
    return { start, position: middle(start), score: values[index] };
  });
  // Two maxima may turn out to be one particle: they are compared at the full distance once they have moved.
  const candidates = suppress(maxima, refine ? spacing / 2 : spacing).slice(0, most);
  const step = refine ? Math.ceil(stride / 2) : 0;
  const found = await rescored(
    candidates.map(({ start }) => start),
    step,
    { judge, scorer },
    onProgress,
  );
  const good = found
    .filter(({ decision }) => decision.value >= threshold)
    .map(({ start, decision }) => ({ decision, position: middle(start), score: decision.value }));
  return {
    picks: suppress(good, spacing).map(({ decision, position }) => ({
      ...decision,
      voxel: position,
    })),
    ...{ grid, scores },
    candidates: candidates.length,
    exact: scorer.count(),
    backend: (await engine.backend()).name,
    timing: { windows: windows.milliseconds, rescoring: performance.now() - started },
  };
}

interface Setting {
  readonly judge: Judge;
  readonly scorer: BoxScorer;
}

/**
 * Scores windows by themselves, and moves each, first by `step` voxels along an axis and then by half of that until it
 * is one, to where it is the best pick.
 */
async function rescored(
  starts: readonly Shape3[],
  step: number,
  { judge, scorer }: Setting,
  onProgress: Required<TaskOptions>['onProgress'],
): Promise<{ readonly start: Shape3; readonly decision: Decision }[]> {
  const stage = 'Scoring the candidates by themselves';
  const rounds = step > 0 ? Math.ceil(Math.log2(step)) + 2 : 1;
  let round = 0;
  const score = (of: readonly Shape3[]) => {
    const done = round++;
    return scorer.score(of, (part) => onProgress({ stage, fraction: (done + part) / rounds }));
  };
  let at = (await score(starts)).map((scores, i) => ({ start: starts[i], scores }));
  for (let by = step; by >= 1; by = by > 1 ? Math.ceil(by / 2) : 0) {
    const around = at.flatMap(({ start }) => neighbours(start, by));
    const near = await score(around);
    at = at.map((one, i) => {
      let best = one;
      for (let k = 6 * i; k < 6 * i + 6; k++)
        if (judge(near[k]).merit > judge(best.scores).merit)
          best = { start: around[k], scores: near[k] };
      return best;
    });
  }
  return at.map(({ start, scores }) => ({ start, decision: judge(scores) }));
}

function neighbours([z, y, x]: Shape3, by: number): Shape3[] {
  return [
    [z - by, y, x],
    [z + by, y, x],
    [z, y - by, x],
    [z, y + by, x],
    [z, y, x - by],
    [z, y, x + by],
  ];
}
