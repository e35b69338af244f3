import { sentence } from '../../core/errors.ts';
import { validate } from '../../core/schema/index.ts';
import { type OpenedSession, type Session, sessionSchema, sessionToJson } from './document.ts';

/** Ending of a session's file. */
export const SESSION_ENDING = '.respond-cam';

/** The chunk of a PNG that holds a session's archive: ancillary, private, safe to copy (PNG specification 5.4). */
export const SESSION_CHUNK = 'rcSs';

/** Chunks stand before the pixels, so that larger pictures are not read to the end. */
const MOST_PICTURE = 2 ** 29;

/** Fetched when a session is packed or opened, so that the first load does without it. */
const archives = () => import('../../core/session/archive.ts');

/** The archive of a session with the files that are to be in it. */
export async function packSession(
  session: Session,
  files: ReadonlyMap<number, Uint8Array>,
): Promise<Uint8Array<ArrayBuffer>> {
  const named: [number, { name: string; bytes: Uint8Array }][] = [];
  for (const [number, bytes] of files) {
    named.push([number, { name: session.files[number].name, bytes }]);
  }
  return (await archives()).writeArchive({
    session: sessionToJson(session),
    files: new Map(named),
  });
}

/**
 * The session that a file holds, its own kind or a picture that this app saved; null for any other file.
 * @throws AppError `bad-file` for one that is damaged
 */
export async function sessionIn(file: File): Promise<OpenedSession | null> {
  const { name } = file;
  if (name.toLowerCase().endsWith(SESSION_ENDING)) {
    return unpacked(new Uint8Array(await file.arrayBuffer()), name);
  }
  if (!/\.png$/i.test(name) || file.size > MOST_PICTURE) return null;
  const { findChunk } = await import('../../core/picture/write-png.ts');
  const chunk = findChunk(new Uint8Array(await file.arrayBuffer()), SESSION_CHUNK);
  return chunk && unpacked(chunk, name);
}

async function unpacked(bytes: Uint8Array, name: string): Promise<OpenedSession> {
  const { session: found, files } = (await archives()).readArchive(bytes, name);
  const session = validate(sessionSchema, found, name);
  return {
    session,
    files: session.files.map((file, i) => {
      const held = files.get(i);
      return held ? new File([held.bytes as BlobPart], file.name) : null;
    }),
  };
}

export interface FoundSession {
  readonly name: string;
  readonly opened: OpenedSession;
}

/** The sessions among files, and the other files; one that is damaged is reported. */
export async function sessionsAmong(
  files: readonly File[],
  report: (sentence: string) => void,
): Promise<{ sessions: FoundSession[]; others: File[] }> {
  const sessions: FoundSession[] = [];
  const others: File[] = [];
  for (const file of files) {
    try {
      const opened = await sessionIn(file);
      if (opened) sessions.push({ name: file.name, opened });
      else others.push(file);
    } catch (error) {
      report(sentence(error));
    }
  }
  return { sessions, others };
}
