import { randomBytes } from 'node:crypto';
import { realpath, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AppError, sentence } from '../src/core/errors.ts';
import { readModelJson } from '../src/engine/model/manifest.ts';
import { sidecarOf } from '../src/engine/model/sidecar.ts';
import { mustBeInside } from '../src/engine/node-files.ts';
import type { ModelSource } from '../src/engine/types.ts';
import { readBytes, requireFile } from './files.ts';
import { bundledModels, resolveModel } from './models.ts';

/** Files outside the app that `serve` hands out, and how the app learns of them. */
export interface LocalFiles {
  /**
   * URL path (decoded) to file, all links followed. The paths hold a secret, so that only who knows them can
   * read the files: the server itself answers to every user of this machine.
   */
  readonly files: Map<string, string>;
  /** Query of the app's address. */
  readonly query: URLSearchParams;
}

/**
 * Lists the volume and the network to open, named as `explain` takes them; throws `bad-file` when one does
 * not exist.
 */
export async function localFiles(input?: string, model?: string): Promise<LocalFiles> {
  const place = `/local/${randomBytes(16).toString('base64url')}`;
  const files = new Map<string, string>();
  const query = new URLSearchParams();
  if (input !== undefined) {
    query.set('volume', encodePath(await addFile(files, `${place}/volume`, input)));
  }
  if (model !== undefined) query.set('model', await addModel(files, place, resolveModel(model)));
  return { files, query };
}

async function addFile(files: Map<string, string>, place: string, path: string): Promise<string> {
  await requireFile(path);
  const url = `${place}/${basename(path)}`;
  files.set(url, await realpath(path));
  return url;
}

/** A bundled network's id as it is; a path with everything that belongs to the network. */
async function addModel(
  files: Map<string, string>,
  place: string,
  source: ModelSource,
): Promise<string> {
  if (source.kind !== 'url') throw new AppError('internal', 'a network that is no file');
  if (bundledModels().includes(source.id)) return source.id;
  const path = fileURLToPath(source.url);
  const model = source.label ?? path;
  const url = await addFile(files, `${place}/model`, model);
  const folder = dirname(path);
  const addBeside = async (name: string, file: string) => {
    await requireFile(file);
    await mustBeInside(file, folder).catch((error) => {
      throw new AppError('bad-file', `${file}: could not be read: ${sentence(error)}`);
    });
    files.set(`${place}/model/${name}`, await realpath(file));
  };
  if (/\.json$/i.test(model)) {
    const { weightsManifest } = readModelJson(await readBytes(model), model, true);
    for (const name of weightsManifest.flatMap(({ paths }) => paths)) {
      const file = join(folder, name);
      await addBeside(name, file);
    }
  }
  // What ONNX exporters put the weights into, and what is known about the network.
  const name = basename(model);
  for (const other of [`${name}.data`, `${name}_data`, sidecarOf(name)])
    if (await isFile(join(folder, other))) await addBeside(other, join(folder, other));
  return encodePath(url);
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
