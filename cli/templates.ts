import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { badFile } from '../src/core/errors.ts';
import { readTemplates, type Template } from '../src/core/simulate/index.ts';
import { BUNDLED } from './bundled.ts';
import { readBytes } from './files.ts';

const FOLDER = join(BUNDLED, 'templates');
const INDEX = join(FOLDER, 'index.json');

/** The bundled templates, in the order of the networks' classes. */
export async function loadTemplates(): Promise<Template[]> {
  const text = new TextDecoder().decode(await readBytes(INDEX));
  return readTemplates(parse(text), (file) => readBytes(join(FOLDER, file)), INDEX);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw badFile(INDEX, 'not JSON', String(cause));
  }
}

/** The beginning of the SHA-256 of their densities. */
export function hashTemplates(templates: readonly Template[]): string {
  const sum = createHash('sha256');
  for (const { volume } of templates)
    sum.update(new Uint8Array(new Float32Array(volume.data).buffer));
  return sum.digest('hex').slice(0, 16);
}
