import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, relative, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { cacheFolder, removeOld, UNFINISHED } from './cache.mjs';
import { isPackage, root } from './setup.mjs';

/** What `import.meta.url` is in every module, wherever the bundle lies: one folder below the project's. */
const MODULE_URL = pathToFileURL(join(root, 'cli', 'bundle.mjs')).href;

/** What every bundle depends on beside its sources. */
const SETTINGS = ['scripts/bundle.mjs', 'package-lock.json'];

/**
 * Bundles a TypeScript entry for Node (packages stay where they are) and returns its URL. A bundle is kept in
 * the user's cache and used as long as the files that it was made from have the same content. An installed
 * package has its bundles instead of the sources.
 * @param {string} entry path relative to the project's folder
 * @returns {Promise<string>}
 */
export async function bundle(entry) {
  if (isPackage) return entryUrl(join(root, 'build', dirname(entry)), entry);
  const cache = cacheFolder();
  const name = `${basename(entry, '.ts')}-${hash([root, entry]).slice(0, 16)}`;
  const list = join(cache, `${name}.json`);
  const kept = readList(list);
  const folder = join(cache, `${name}-${kept?.hash}`);
  if (
    kept &&
    existsSync(fileURLToPath(entryUrl(folder, entry))) &&
    contentHash(kept.inputs, readInput) === kept.hash
  ) {
    for (const used of [folder, list]) utimesSync(used, new Date(), new Date());
    return entryUrl(folder, entry);
  }
  return entryUrl(await build(entry, cache, name), entry);
}

/** @param {string} folder @param {string} entry */
function entryUrl(folder, entry) {
  return pathToFileURL(join(folder, `${basename(entry, '.ts')}.mjs`)).href;
}

/**
 * Writes the bundle as a folder of modules, so that a command loads no more than it needs.
 * @param {string} entry
 * @param {string} cache
 * @param {string} name
 */
async function build(entry, cache, name) {
  const esbuild = await import('esbuild');
  // The hash is of what was built: a file may change meanwhile.
  const read = new Map(SETTINGS.map((path) => [path, readInput(path)]));
  const { outputFiles, metafile } = await esbuild.build({
    absWorkingDir: root,
    entryPoints: [entry],
    bundle: true,
    splitting: true,
    write: false,
    outdir: '.',
    metafile: true,
    platform: 'node',
    format: 'esm',
    outExtension: { '.js': '.mjs' },
    target: 'node20',
    conditions: [], // Node's own
    define: { 'import.meta.url': JSON.stringify(MODULE_URL) },
    plugins: [packagesInPlace, keeping(read)],
    logLevel: 'error',
  });
  removeOld(cache);
  const inputs = Object.keys(metafile.inputs).sort();
  const kept = { hash: contentHash(inputs, (path) => read.get(path) ?? ''), inputs };
  const folder = join(cache, `${name}-${kept.hash}`);
  // Written beside and renamed: a reader sees all of it or nothing, whenever this process is killed.
  const part = mkdtempSync(join(cache, `${name}${UNFINISHED}`));
  for (const { path, contents } of outputFiles) writeFileSync(join(part, basename(path)), contents);
  writeFileSync(join(part, 'list.json'), JSON.stringify(kept));
  renameSync(join(part, 'list.json'), join(cache, `${name}.json`));
  try {
    renameSync(part, folder);
  } catch {
    rmSync(part, { recursive: true }); // another process was faster
  }
  return folder;
}

/**
 * Packages are imported from the project's `node_modules`, which Node would not find from the cache.
 * @type {import('esbuild').Plugin}
 */
const packagesInPlace = {
  name: 'packages-in-place',
  setup({ onResolve, resolve }) {
    onResolve({ filter: /^[^./]/ }, async ({ path, kind, resolveDir, pluginData: inPlugin }) => {
      if (inPlugin || kind === 'entry-point' || path.startsWith('node:')) return undefined;
      const found = await resolve(path, { kind, resolveDir, pluginData: true });
      // An optional package may be absent: what imports it expects that.
      if (found.errors.length > 0) return { path, external: true };
      return { path: found.external ? found.path : pathToFileURL(found.path).href, external: true };
    });
  },
};

/**
 * Keeps the files' content as the bundle has it.
 * @param {Map<string, string | Uint8Array>} read by path relative to the project's folder
 * @returns {import('esbuild').Plugin}
 */
const keeping = (read) => ({
  name: 'keeping',
  setup({ onLoad }) {
    onLoad({ filter: /./ }, ({ path }) => {
      const contents = readFileSync(path);
      read.set(relative(root, path).split(sep).join('/'), contents);
      return { contents, loader: 'default' };
    });
  },
});

/**
 * @param {string} list
 * @returns {{ hash: string, inputs: string[] } | undefined}
 */
function readList(list) {
  try {
    return JSON.parse(readFileSync(list, 'utf8'));
  } catch {
    return undefined;
  }
}

/**
 * Hash of the files' content, and of what else the bundle depends on.
 * @param {string[]} inputs paths relative to the project's folder
 * @param {(path: string) => string | Uint8Array} contentOf
 */
function contentHash(inputs, contentOf) {
  try {
    const parts = [...inputs, ...SETTINGS];
    return hash(parts.flatMap((path) => [path, contentOf(path)])).slice(0, 32);
  } catch {
    return ''; // one is gone
  }
}

/** @param {string} path relative to the project's folder */
function readInput(path) {
  return readFileSync(join(root, path));
}

/** @param {(string | Uint8Array)[]} parts */
function hash(parts) {
  const sum = createHash('sha256');
  for (const part of parts) sum.update(part).update('\0');
  return sum.digest('hex');
}
