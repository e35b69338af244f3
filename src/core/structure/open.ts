import { strFromU8 } from 'fflate';
import { contentName, looksLikeBcif, looksLikeText } from '../content.ts';
import { badFile } from '../errors.ts';
import { unpack } from '../volume/compression/unpack.ts';
import { VOLUME_FORMATS } from '../volume/formats.ts';
import { type OpenedVolume, openVolume, VOLUME_LABELS_TEXT } from '../volume/index.ts';
import { claimedBytes } from '../volume/open.ts';
import { readBcif } from './bcif.ts';
import { readMmcif } from './mmcif.ts';
import { readPdb } from './pdb.ts';
import type { Structure, StructureOptions } from './types.ts';

const ACCEPTED = `PDB, mmCIF or BinaryCIF coordinates, or a density map (${VOLUME_LABELS_TEXT})`;

/** Bytes of coordinates, unpacked; a string of JavaScript holds no more. The largest entry has 350 MB. */
export const MOST_BYTES = 500_000_000;

export type OpenedStructure =
  | { readonly kind: 'atoms'; readonly structure: Structure }
  | { readonly kind: 'map'; readonly map: OpenedVolume };

export interface OpenStructureOptions extends StructureOptions {
  /** Å; instead of what the file of a density map says. */
  readonly mapVoxelSize?: number;
}

interface Kind {
  readonly test: (head: Uint8Array) => boolean;
  /** Bytes of the whole content by its head; null when the head does not state it. */
  readonly claim: (head: Uint8Array, name: string) => number | null;
  readonly open: (
    bytes: Uint8Array,
    name: string,
    options: OpenStructureOptions,
  ) => OpenedStructure;
}

const KINDS: readonly Kind[] = [
  {
    test: looksLikeText,
    claim: () => null,
    open: (bytes, name, options) => ({
      kind: 'atoms',
      structure: readStructure(strFromU8(bytes), name, options),
    }),
  },
  {
    test: looksLikeBcif,
    claim: () => null,
    open: (bytes, name, options) => ({ kind: 'atoms', structure: readBcif(bytes, name, options) }),
  },
  ...Object.values(VOLUME_FORMATS).map(
    (format): Kind => ({
      test: format.looksLike,
      claim: (head, name) => claimedBytes(format, head, name),
      open: openMap,
    }),
  ),
];

/** A structure is a volume, so where name and header differ about that, the header counts. */
function openMap(
  bytes: Uint8Array,
  name: string,
  { mapVoxelSize: voxelSize }: OpenStructureOptions,
): OpenedStructure {
  const map = openVolume(bytes, name, { voxelSize });
  const { kind, findings } = map.report;
  const misnamed =
    kind === 'image-stack' && findings.some(({ code }) => code === 'name-and-header-differ');
  if (!misnamed) return { kind: 'map', map };
  return { kind: 'map', map: openVolume(bytes, name, { voxelSize, readAs: 'volume' }) };
}

/**
 * Opens coordinates or a density map by their content, whatever the name: PDB, mmCIF, BinaryCIF or any
 * volume format, plain or packed.
 *
 * @throws AppError 'bad-file' naming what the content is instead, or what is wrong with it.
 */
export function openStructure(
  bytes: Uint8Array,
  name: string,
  options: OpenStructureOptions = {},
): OpenedStructure {
  if (bytes.length === 0) throw badFile(name, 'the file is empty', ACCEPTED);
  const content = unpack(bytes, name, (head) => kindOf(head, name).claim(head, name), {
    maxBytes: MOST_BYTES,
  });
  const kind = kindOf(content, name);
  if (kind.open !== openMap && content.length > MOST_BYTES) {
    throw badFile(name, `${content.length} bytes of coordinates`, `up to ${MOST_BYTES} bytes`);
  }
  return kind.open(content, name, options);
}

function kindOf(content: Uint8Array, name: string): Kind {
  const kind = KINDS.find(({ test }) => test(content));
  const other = kind?.test === looksLikeText || !kind ? contentName(content) : undefined;
  if (other) throw badFile(name, `this is ${other}, not a structure`, ACCEPTED);
  if (kind) return kind;
  throw badFile(name, 'the content is neither coordinates nor a density map', ACCEPTED);
}

/** Reads the text of a coordinate file of either format, recognised by its content. */
export function readStructure(text: string, name: string, options?: StructureOptions): Structure {
  // Old Mac line ends as well; positions in the text then count lines by \n alone.
  const lines = text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text;
  return isCif(lines) ? readMmcif(lines, name, options) : readPdb(lines, name, options);
}

/** Whether the first line that is neither blank nor a comment begins as CIF does. */
function isCif(text: string): boolean {
  for (let at = 0; at < text.length; ) {
    let end = text.indexOf('\n', at);
    if (end < 0) end = text.length;
    const line = text.slice(at, Math.min(end, at + 200)).trim();
    if (line !== '' && line[0] !== '#') return /^(data_|loop_|save_|global_|_\w)/i.test(line);
    at = end + 1;
  }
  return false;
}
