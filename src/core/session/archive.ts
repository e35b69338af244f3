import { unzipSync } from 'fflate';
import { badFile } from '../errors.ts';
import { parseJson } from '../schema/index.ts';
import { zipFiles } from '../zip.ts';

/** What the archive of a session holds: its description, and files by their number in it. */
export interface Archive {
  /** JSON. */
  readonly session: unknown;
  readonly files: ReadonlyMap<number, { readonly name: string; readonly bytes: Uint8Array }>;
}

const SESSION = 'session.json';
const ACCEPTED = 'a session that this app saved (.respond-cam)';
/** Unpacked. */
const MAX_BYTES = 2 ** 30;

/** A ZIP file, so that what is in it can be had without this app, too. */
export function writeArchive({ session, files }: Archive): Uint8Array<ArrayBuffer> {
  const entries: Record<string, string | Uint8Array> = {
    [SESSION]: `${JSON.stringify(session, null, 1)}\n`,
  };
  for (const [number, { name, bytes }] of files) entries[`files/${number}/${safe(name)}`] = bytes;
  return zipFiles(entries);
}

/** @throws AppError `bad-file` naming `file` */
export function readArchive(zip: Uint8Array, file: string): Archive {
  let total = 0;
  let entries: Record<string, Uint8Array>;
  try {
    entries = unzipSync(zip, {
      filter: ({ originalSize }) => {
        total += originalSize;
        return total <= MAX_BYTES;
      },
    });
  } catch (cause) {
    throw badFile(file, `it cannot be unpacked (${reason(cause)})`, ACCEPTED);
  }
  if (total > MAX_BYTES) throw badFile(file, 'more than 1 GiB is packed in it', ACCEPTED);
  const bytes = entries[SESSION];
  if (!bytes) throw badFile(file, `there is no ${SESSION} in it`, ACCEPTED);
  const session = parseJson(bytes, {
    file: `${SESSION} in ${file}`,
    accepted: ACCEPTED,
    maxBytes: MAX_BYTES,
  });
  const files = Object.entries(entries).flatMap(([path, content]) => {
    const [, number, name] = /^files\/(\d+)\/([^/]+)$/.exec(path) ?? [];
    return number ? [[Number(number), { name, bytes: content }] as const] : [];
  });
  return { session, files: new Map(files) };
}

/** A name without a folder. */
const safe = (name: string) => name.replaceAll(/[/\\]/g, '_') || '_';
const reason = (cause: unknown) => (cause instanceof Error ? cause.message : String(cause));
