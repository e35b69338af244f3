/** Whether a file has the name of a stack of projections, which is read for the particles of a list alone. */
export const isStackName = (name: string): boolean => /\.mrcs(\.[a-z0-9]+)?$/i.test(name);

/**
 * Which of some files each name in a list means. Lists name files from the top of a project, and files come with their
 * paths from the folder that was opened, which may be any part of it: they are matched from their ends. A file that
 * several names fit equally well, as where two folders hold files of the same name and one was opened without them,
 * is given to none.
 *
 * @returns index of the file for each name; -1 where there is none, or it is not clear
 */
export function filesNamed(names: readonly string[], paths: readonly string[]): Int32Array {
  const byName = new Map<string, number[]>();
  for (const [i, path] of paths.entries()) {
    const last = partsOf(path).at(-1) ?? '';
    byName.set(last, [...(byName.get(last) ?? []), i]);
  }
  const found = new Int32Array(names.length).fill(-1);
  const common = new Uint32Array(names.length);
  for (const [n, name] of names.entries()) {
    const parts = partsOf(name);
    for (const i of byName.get(parts.at(-1) ?? '') ?? []) {
      const same = commonEnd(parts, partsOf(paths[i]));
      if (same < common[n]) continue;
      found[n] = same > common[n] ? i : -1;
      common[n] = same;
    }
  }
  return withoutDoubt(names, found, common);
}

function withoutDoubt(names: readonly string[], found: Int32Array, common: Uint32Array) {
  const best = new Map<number, { readonly same: number; readonly name: string; clear: boolean }>();
  for (const [n, file] of found.entries()) {
    if (file < 0) continue;
    const known = best.get(file);
    if (!known || common[n] > known.same)
      best.set(file, { same: common[n], name: names[n], clear: true });
    else if (common[n] === known.same && names[n] !== known.name) known.clear = false;
  }
  return found.map((file, n) => {
    const claim = best.get(file);
    return claim?.clear && claim.name === names[n] ? file : -1;
  });
}

const partsOf = (path: string) =>
  path
    .replaceAll('\\', '/')
    .split('/')
    .filter((part) => part !== '' && part !== '.');

function commonEnd(a: readonly string[], b: readonly string[]): number {
  let same = 0;
  while (same < Math.min(a.length, b.length) && a.at(-1 - same) === b.at(-1 - same)) same++;
  return same;
}
