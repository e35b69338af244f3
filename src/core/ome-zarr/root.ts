/** What stands at the top of a hierarchy of Zarr 3 and of Zarr 2. */
const MARKS = /(^|\/)(zarr\.json|\.zgroup|\.zattrs|\.zarray)$/;

/** The folder, with its slash, that is the top of the first hierarchy among paths; null where there is none. */
export function zarrRoot(paths: Iterable<string>): string | null {
  let best: string | null = null;
  for (const path of paths) {
    if (!MARKS.test(path)) continue;
    const root = path.slice(0, path.lastIndexOf('/') + 1);
    const depth = (text: string) => text.split('/').length;
    if (best === null || depth(root) < depth(best) || (depth(root) === depth(best) && root < best))
      best = root;
  }
  return best;
}
