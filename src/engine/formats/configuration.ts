import { parse } from 'yaml';
import { badFile } from '../../core/errors.ts';
import { parseJson } from '../../core/schema/index.ts';

const MOST_BYTES = 2 ** 22;
/** Blanks that a line may begin with, and brackets within brackets: a configuration has some ten. */
const DEEPEST = 200;
const ACCEPTED = 'plans.json, model.yaml, layers.json or the like, as the tool wrote it';

/**
 * A configuration that lies beside a checkpoint, JSON or YAML (1.2 core: no tags are run, few aliases).
 * @throws AppError `bad-file`
 */
export function readConfiguration(bytes: Uint8Array, file: string): unknown {
  if (isJson(bytes)) return parseJson(bytes, { file, accepted: ACCEPTED, maxBytes: MOST_BYTES });
  if (bytes.length > MOST_BYTES)
    throw badFile(file, 'too large for a configuration (over 4 MiB)', ACCEPTED);
  if (bytes.includes(0)) throw badFile(file, 'not a text, so no configuration', ACCEPTED);
  const text = new TextDecoder().decode(bytes);
  let depth = 0;
  for (const char of text) {
    if (char === '[' || char === '{') depth++;
    else if (char === ']' || char === '}') depth--;
    if (depth > DEEPEST) throw badFile(file, `nested deeper than ${DEEPEST} levels`, ACCEPTED);
  }
  let found: unknown;
  try {
    found = parse(text, { logLevel: 'silent' });
  } catch (error) {
    const [first] = (error instanceof Error ? error.message : String(error)).split('\n');
    throw badFile(file, `neither JSON nor YAML (${first})`, ACCEPTED);
  }
  if (typeof found === 'object' && found !== null) return found;
  throw badFile(file, 'it holds no configuration', ACCEPTED);
}

function isJson(bytes: Uint8Array): boolean {
  const first = bytes.find((byte) => byte > 0x20);
  return first === 0x7b || first === 0x5b;
}
