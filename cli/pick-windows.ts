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
  /** Moves picks to where the network is surest. */
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

/** Candidates need this share of the threshold, as shared scores are near the exact ones and moving raises them. */
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
  const least = boxes && !refine ? threshold : LOOSE * threshold;
  const maxima = localMaxima(values, grid.shape, least).map((index) => {
    const start = windowStart(grid, index);
    return { start, position: middle(start), score: values[index] };
  });
  // Two maxima may turn out to be one particle: they are compared at the full distance once they have moved.
  const candidates = suppress(maxima, refine ? spacing / 2 : spacing).slice(0, most);
  const setting = { judge, scorer, least };
  const steps = refine ? stepsFrom(stride) : [];
  const found = await rescored(
    candidates.map(({ start }) => start),
    { ...setting, steps: steps.slice(0, -1) },
    onProgress,
  );
  const chosen = (of: Awaited<ReturnType<typeof rescored>>) =>
    suppress(
      of
        .filter(({ decision }) => decision.value >= threshold)
        .map((one) => ({ ...one, position: middle(one.start), score: one.decision.value })),
      spacing,
    );
  const near = chosen(found);
  // The last voxel is looked for where there is a pick.
  const last = { ...setting, steps: steps.slice(-1) };
  const best = refine
    ? chosen(
        await rescored(
          near.map(({ start }) => start),
          last,
          onProgress,
        ),
      )
    : near;
  return {
    picks: best.map(({ decision, position }) => ({
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
  /** Voxels that they are moved by, one after the other. */
  readonly steps: readonly number[];
  /** Windows of less than this value are given up. */
  readonly least: number;
}

/**
 * Scores windows by themselves, and moves those that may become picks along the axes, to where they are the best.
 */
async function rescored(
  starts: readonly Shape3[],
  { judge, scorer, steps, least }: Setting,
  onProgress: Required<TaskOptions>['onProgress'],
): Promise<{ readonly start: Shape3; readonly decision: Decision }[]> {
  const stage = 'Scoring the candidates by themselves';
  const rounds = 1 + steps.length;
  let round = 0;
  const score = (of: readonly Shape3[]) => {
    const done = round++;
    return scorer.score(of, (part) => onProgress({ stage, fraction: (done + part) / rounds }));
  };
  const first = (await score(starts)).map((scores, i) => ({ start: starts[i], scores }));
  let at = first.filter(({ scores }) => judge(scores).value >= least);
  for (const by of steps) {
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

/** Half the stride, halved until it is one voxel. */
function stepsFrom(stride: number): number[] {
  const steps: number[] = [];
  for (let step = Math.ceil(stride / 2); step > 1; step = Math.ceil(step / 2)) steps.push(step);
  return [...steps, 1];
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
