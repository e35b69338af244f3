/** A class as a data set names it: by id, by name, or both. */
export interface ClassName {
  readonly id?: string;
  readonly name?: string;
}

export interface Labelling {
  /** For each class of the set, its position among the network's outputs; null when it has none. */
  readonly index: readonly (number | null)[];
  /** How that was known. */
  readonly by: 'names' | 'position' | 'none';
}

/**
 * Finds the classes of a data set among a network's. A network's class "Name (ID)" answers to the whole,
 * to the name and to the id, whatever the case. When not a single one is found: classes of the set that
 * are called by numbers are the positions themselves; else both are taken to be in the same order, if
 * the network has no names of its own (`named`) and enough classes, or if there are equally many; else
 * the classes of the set are not known to the network.
 */
export function matchClasses(
  network: readonly string[],
  set: readonly ClassName[],
  named: boolean,
): Labelling {
  const positions = new Map<string, number>();
  for (const [i, name] of network.entries()) {
    for (const key of namesOf(name)) if (!positions.has(key)) positions.set(key, i);
  }
  const index = set.map(({ id, name }) => {
    const keys = [id, name].filter((key) => key !== undefined).flatMap(namesOf);
    const key = keys.find((candidate) => positions.has(candidate));
    return key === undefined ? null : (positions.get(key) ?? null);
  });
  if (index.some((position) => position !== null)) return { index, by: 'names' };
  const numbers = set.map(({ id, name = id }) => (/^\d+$/.test(name ?? '') ? Number(name) : -1));
  if (numbers.length > 0 && numbers.every((n) => n >= 0 && n < network.length)) {
    return { index: numbers, by: 'position' };
  }
  const inOrder = set.length === network.length || (!named && set.length <= network.length);
  if (set.length > 0 && inOrder) return { index: set.map((_, i) => i), by: 'position' };
  return { index, by: 'none' };
}

/** The whole, the name without the id, and the id, in lower case; the most exact first. */
function namesOf(text: string): string[] {
  const whole = text.trim().toLowerCase();
  const parts = /^(.*\S)\s*\(([^()]+)\)$/.exec(whole);
  return parts ? [whole, parts[2], parts[1]] : [whole];
}

/** Takes one of each group in turn, so that any first part of the list has all groups evenly. */
export function inTurn<T>(groups: readonly (readonly T[])[]): T[] {
  const longest = Math.max(0, ...groups.map((group) => group.length));
  const out: T[] = [];
  for (let i = 0; i < longest; i++) {
    for (const group of groups) if (i < group.length) out.push(group[i]);
  }
  return out;
}
