import type { Normalization } from '../src/core/volume/index.ts';
import type { Engine, ModelInfo } from '../src/engine/types.ts';
import type { Io } from './command.ts';
import { noteProgress } from './explain-progress.ts';
import { rolesOf } from './pick-classes.ts';
import type { ScoreMaps } from './pick-files.ts';
import type { PickFacts } from './pick-report.ts';
import { picksOfSegmentation } from './pick-segmentation.ts';
import { type Picked, pickByWindows } from './pick-windows.ts';
import type { WholeVolume } from './whole-volume.ts';

/** Least probability, and least standing in standard deviations, of a pick. */
export const LEAST = { probability: 0.5, standing: 5 } as const;
/** Least distance between picks, as a share of the network's box. */
export const DISTANCE = 0.3;

/** What the flags say; null where they leave it to the network. */
export interface Asked {
  readonly stride: number;
  readonly most: number;
  readonly smallest: number;
  readonly threshold: number | null;
  /** Å */
  readonly distance: number | null;
  readonly refine: boolean;
  readonly boxes: boolean;
  readonly classes?: string;
  readonly background?: string;
  readonly normalization: 'model' | Normalization;
}

export interface NetworkPicks
  extends Pick<
    PickFacts,
    'backend' | 'how' | 'background' | 'wanted' | 'ranked' | 'threshold' | 'timing'
  > {
  readonly picks: readonly (Picked & { readonly voxels?: number })[];
  /** Of a classifier. */
  readonly maps: ScoreMaps | null;
}

/** Picks by whichever way the network goes: components of an output in space, else windows. */
export function picksOf(
  engine: Engine,
  info: ModelInfo,
  tomogram: WholeVolume,
  asked: Asked,
  io: Io,
): Promise<NetworkPicks> {
  const ways = info.outputs[0].shape.length >= 3 ? byComponents : byWindows;
  return ways(engine, info, tomogram, asked, io);
}

async function byComponents(
  engine: Engine,
  info: ModelInfo,
  { volume }: WholeVolume,
  asked: Asked,
  io: Io,
): Promise<NetworkPicks> {
  const { data: input, shape } = volume;
  const found = await engine.segment(
    { model: info.id, input, shape, probabilities: false },
    { signal: io.signal, onProgress: noteProgress(io) },
  );
  const { channels } = found;
  const roles = rolesOf(info.classes, asked);
  const threshold = asked.threshold ?? LEAST.probability;
  const wanted = roles.wanted.filter((c) => channels.includes(c));
  const all = picksOfSegmentation(volume, found, wanted, asked.smallest);
  return {
    picks: all.filter(({ value }) => value >= threshold),
    maps: null,
    backend: found.backend,
    how: { kind: 'components', components: found.components.list.length },
    background: info.classes.flatMap((_, c) => (channels.includes(c) ? [] : [c])),
    wanted,
    ranked: 'probability',
    threshold,
    timing: { segmentation: found.milliseconds },
  };
}

async function byWindows(
  engine: Engine,
  info: ModelInfo,
  { raw }: WholeVolume,
  asked: Asked,
  io: Io,
): Promise<NetworkPicks> {
  const roles = rolesOf(info.classes, asked);
  const ranked = roles.background.length > 0 ? 'probability' : 'standing';
  const threshold = asked.threshold ?? LEAST[ranked];
  const { normalization: own = 'none' } = info.sidecar;
  const normalization = asked.normalization === 'model' ? own : asked.normalization;
  const { stride, most, refine } = asked;
  const reason = asked.boxes
    ? null
    : await engine.windowsApart({ model: info.id, normalization, stride });
  const boxes = asked.boxes || reason !== null;
  const edge = info.inputShape[0] * raw.voxelSize[0];
  const distance = asked.distance ?? DISTANCE * edge;
  const found = await pickByWindows(
    engine,
    info,
    raw,
    { stride, roles, threshold, distance, normalization, refine, most, boxes },
    { signal: io.signal, onProgress: noteProgress(io) },
  );
  const { picks, grid, scores, candidates, exact, backend, timing } = found;
  return {
    picks,
    maps: { classes: info.classes, grid, scores },
    backend,
    how: {
      ...{ kind: 'windows', shared: !boxes, reason, windows: grid.shape, stride },
      ...{ candidates, exact },
    },
    ...roles,
    ...{ ranked, threshold, timing },
  };
}
