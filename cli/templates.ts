import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { badFile } from '../src/core/errors.ts';
import { readTemplates, type Template } from '../src/core/simulate/index.ts';
import { readBytes } from './files.ts';

/** `public/templates/`, seen from `cli/` as from the bundles in `build/`. */
const FOLDER = new URL('../public/templates/', import.meta.url);

/** The bundled templates, in the order of the networks' classes. */
export async function loadTemplates(): Promise<Template[]> {
  const path = (file: string) => fileURLToPath(new URL(file, FOLDER));
  const text = new TextDecoder().decode(await readBytes(path('index.json')));
  return readTemplates(parse(text), (file) => readBytes(path(file)), path('index.json'));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw badFile(fileURLToPath(new URL('index.json', FOLDER)), 'not JSON', String(cause));
  }
}

/** The beginning of the SHA-256 of their densities. */
export function hashTemplates(templates: readonly Template[]): string {
  const sum = createHash('sha256');
  for (const { volume } of templates)
    sum.update(new Uint8Array(new Float32Array(volume.data).buffer));
  return sum.digest('hex').slice(0, 16);
}
