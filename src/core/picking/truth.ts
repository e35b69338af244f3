import type { Vec3 } from '../volume/types.ts';
import { matchPoints } from '../particles/index.ts';
import { apart } from './peaks.ts';

/** Something at a place, of a class where that is known. */
export interface Labelled {
  readonly position: Vec3;
  readonly label: string | null;
}

export interface Agreement {
  readonly truth: number;
  readonly picks: number;
  /** Pairs of a pick and a true particle within the radius, one to one. */
  readonly found: number;
  /** Of these, those of the same class. */
  readonly right: number;
  readonly recall: number;
  readonly precision: number;
  /** With the class right. */
  readonly classRecall: number;
  readonly classPrecision: number;
  /** Mean distance of the pairs, in the unit of the positions; null without any. */
  readonly distance: number | null;
  readonly classes: readonly {
    readonly label: string;
    readonly truth: number;
    readonly found: number;
    readonly right: number;
    /** Picks called so. */
    readonly picks: number;
  }[];
  /** For each pick the true particle that it is; -1 for none. */
  readonly matches: readonly number[];
}

/** Pairs picks with true particles within `radius`, the closest first, one to one. */
export function agreement(
  picks: readonly Labelled[],
  truth: readonly Labelled[],
  radius: number,
): Agreement {
  const points = (list: readonly Labelled[]) =>
    Float64Array.from(list.flatMap(({ position }) => position));
  const matches = [...matchPoints(points(picks), points(truth), radius).of];
  const distance = matches.reduce(
    (sum, match, pick) =>
      match < 0 ? sum : sum + apart(truth[match].position, picks[pick].position),
    0,
  );
  const same = (pick: number) => {
    const label = matches[pick] < 0 ? null : truth[matches[pick]].label;
    return label !== null && label === picks[pick].label;
  };
  const found = matches.filter((match) => match >= 0).length;
  const right = matches.filter((_, pick) => same(pick)).length;
  const labels = [...new Set([...truth, ...picks].flatMap(({ label }) => label ?? []))];
  const share = (part: number, of: number) => (of > 0 ? part / of : 0);
  return {
    truth: truth.length,
    picks: picks.length,
    ...{ found, right },
    recall: share(found, truth.length),
    precision: share(found, picks.length),
    classRecall: share(right, truth.length),
    classPrecision: share(right, picks.length),
    distance: found > 0 ? distance / found : null,
    classes: labels.map((label) => ({
      label,
      truth: truth.filter((one) => one.label === label).length,
      found: matches.filter((match) => match >= 0 && truth[match].label === label).length,
      right: matches.filter((_, pick) => picks[pick].label === label && same(pick)).length,
      picks: picks.filter((one) => one.label === label).length,
    })),
    matches,
  };
}
