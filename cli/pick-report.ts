import type { Agreement } from '../src/core/picking/index.ts';
import { boxText, lengthText, type Shape3, type Vec3 } from '../src/core/volume/index.ts';
import type { ModelInfo } from '../src/engine/types.ts';
import { columns } from './parse.ts';

export interface PickFacts {
  readonly model: string;
  readonly backend: string;
  readonly tomogram: {
    readonly file: string;
    /** `[z, y, x]` */
    readonly shape: Shape3;
    /** Å; 1 where it is not known. */
    readonly voxelSize: Vec3;
    readonly voxelSizeKnown: boolean;
  };
  /** How picks were found. */
  readonly how:
    | {
        readonly kind: 'windows';
        /** Whether convolutions were computed once for all windows; why not. */
        readonly shared: boolean;
        readonly reason: string | null;
        /** Windows along z, y, x. */
        readonly windows: Shape3;
        readonly stride: number;
        readonly candidates: number;
        readonly exact: number;
      }
    | { readonly kind: 'components'; readonly components: number };
  readonly background: readonly number[];
  readonly wanted: readonly number[];
  /** `probability`, or `standing` where the network has no class for what is no particle. */
  readonly ranked: 'probability' | 'standing';
  readonly threshold: number;
  readonly picks: readonly {
    /** x, y, z in Å from the centre of the tomogram's first voxel. */
    readonly position: Vec3;
    readonly class: number;
    readonly probability: number;
    readonly value: number;
    readonly voxels?: number;
  }[];
  readonly truth: (Agreement & { readonly file: string; readonly radius: number }) | null;
  readonly timing: Readonly<Record<string, number>>;
}

/** The JSON document of `pick --json`. */
export function pickDocument({ classes }: ModelInfo, facts: PickFacts, files: unknown) {
  const { picks, background, wanted, truth, ...rest } = facts;
  return {
    ...rest,
    classes: classes.map((name, index) => ({
      index,
      name,
      background: background.includes(index),
      picked: wanted.includes(index),
      picks: picks.filter((pick) => pick.class === index).length,
    })),
    picks: picks.map((pick, i) => ({
      row: i + 1,
      position: pick.position,
      index: pick.class,
      class: classes[pick.class],
      probability: pick.probability,
      [facts.ranked]: pick.value,
      ...(pick.voxels !== undefined && { voxels: pick.voxels }),
      ...(truth && { truth: truth.matches[i] < 0 ? null : truth.matches[i] + 1 }),
    })),
    truth: truth && withoutMatches(truth),
    files,
  };
}

function withoutMatches<T extends Agreement>({ matches: _, ...rest }: T) {
  return rest;
}

const percent = (share: number) => `${(100 * share).toFixed(1)}%`;
const seconds = (ms: number) => (ms / 1000).toFixed(1);

/** The same as text. */
export function pickLines({ classes, title }: ModelInfo, facts: PickFacts): string[] {
  const { tomogram, how, picks, truth, timing, ranked, threshold } = facts;
  const counted = classes
    .map((name, index) => ({ name, n: picks.filter((pick) => pick.class === index).length }))
    .filter(({ n }) => n > 0)
    .sort((a, b) => b.n - a.n);
  const method =
    how.kind === 'components'
      ? `${how.components} components`
      : `${boxText(how.windows)} windows ${how.stride} voxels apart, ${how.shared ? 'convolutions shared' : `one by one${how.reason ? ` (${how.reason})` : ''}`}; ${how.candidates} candidates, ${how.exact} windows scored by themselves`;
  return [
    `${title} over ${boxText(tomogram.shape)} voxels${tomogram.voxelSizeKnown ? ` of ${lengthText(tomogram.voxelSize)}` : ''}: ${method}; ${seconds(timing.total)} s on ${facts.backend}.`,
    `${picks.length} picks with a ${ranked === 'probability' ? 'probability' : 'score that stands out of the tomogram’s by'} of at least ${threshold}${ranked === 'probability' ? '' : ' standard deviations'}.`,
    ...columns(counted.map(({ name, n }) => [name, String(n)])),
    ...(truth
      ? [
          '',
          `Against ${truth.file} (${truth.truth} particles, within ${truth.radius / 10} nm): recall ${percent(truth.recall)}, precision ${percent(truth.precision)}; with the class right ${percent(truth.classRecall)} and ${percent(truth.classPrecision)}${truth.distance === null ? '' : `; ${(truth.distance / 10).toFixed(1)} nm off on average`}.`,
          ...columns(
            truth.classes
              .filter((one) => one.truth + one.picks > 0)
              .map((one) => [
                one.label,
                `${one.found} of ${one.truth} found, ${one.right} with the class right, ${one.picks} picks`,
              ]),
          ),
        ]
      : []),
  ];
}
