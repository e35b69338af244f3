import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, join, normalize, resolve, sep } from 'node:path';
import { badFile } from '../src/core/errors.ts';

/** Files outside the app that `serve` hands out, and how the app is told of them. */
export interface LocalFiles {
  /** URL path (decoded) to file. */
  readonly files: Map<string, string>;
  /** Query of the app's address. */
  readonly query: URLSearchParams;
}

/** Optional file beside `model.json` that says what the network expects. */
const SIDECAR = 'respond-cam.json';

/** Lists the volume and the network to open; throws `bad-file` when one does not exist. */
export async function localFiles(input?: string, model?: string): Promise<LocalFiles> {
  const files = new Map<string, string>();
  const query = new URLSearchParams();
  if (input !== undefined) {
    query.set('volume', encodePath(await addFile(files, 'volume', input)));
  }
  if (model !== undefined) query.set('model', await addModel(files, model));
  return { files, query };
}

async function addFile(files: Map<string, string>, folder: string, path: string): Promise<string> {
  await mustBeFile(path);
  const url = `/local/${folder}/${basename(path)}`;
  files.set(url, resolve(path));
  return url;
}

/** A bundled network's id as it is; a path with everything that belongs to the network. */
async function addModel(files: Map<string, string>, model: string): Promise<string> {
  if (/^[\w.-]+$/.test(model) && !/\.(json|keras|h5|onnx)$/i.test(model)) return model;
  const url = await addFile(files, 'model', model);
  const folder = dirname(resolve(model));
  if (/\.json$/i.test(model)) {
    for (const name of await weightFiles(model)) {
      const file = join(folder, normalize(name));
      if (!file.startsWith(folder + sep)) {
        throw badFile(model, `its weights lie outside its folder (${name})`, 'weights beside it');
      }
      await mustBeFile(file);
      files.set(`/local/model/${name}`, file);
    }
  }
  const sidecar = join(folder, SIDECAR);
  if (await isFile(sidecar)) files.set(`/local/model/${SIDECAR}`, sidecar);
  return encodePath(url);
}

/** File names in the weights manifest of a TensorFlow.js `model.json`. */
async function weightFiles(path: string): Promise<string[]> {
  let json: unknown;
  try {
    json = JSON.parse(await readFile(path, 'utf8'));
  } catch {
    throw badFile(path, 'this is not valid JSON', 'the model.json of a TensorFlow.js model');
  }
  const manifest = isRecord(json) ? json.weightsManifest : undefined;
  if (!Array.isArray(manifest)) {
    throw badFile(path, 'it has no weightsManifest', 'the model.json of a TensorFlow.js model');
  }
  return manifest.flatMap((group: unknown) => {
    const paths = isRecord(group) ? group.paths : undefined;
    return Array.isArray(paths) ? paths.filter((name) => typeof name === 'string') : [];
  });
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function encodePath(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (info) => info.isFile(),
    () => false,
  );
}

async function mustBeFile(path: string): Promise<void> {
  if (!(await isFile(path))) {
    throw badFile(path, 'there is no such file', 'the path of an existing file');
  }
}
