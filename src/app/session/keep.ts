import { type DBSchema, openDB } from 'idb';
import { validate } from '../../core/schema/index.ts';
import {
  type OpenedSession,
  sessionSchema,
  sessionToJson,
  type TakenSession,
} from '../../state/index.ts';

interface Database extends DBSchema {
  readonly session: { readonly key: 'last'; readonly value: Kept };
  readonly files: { readonly key: string; readonly value: Blob };
}

interface Kept {
  readonly session: unknown;
  /** Of each file of the session; null where there was no room for it. */
  readonly keys: readonly (string | null)[];
  /** Hash of the page's address at that time. */
  readonly address: string;
}

export interface KeptSession extends OpenedSession {
  readonly address: string;
}

/** Files take at most this much of the user's disk. */
export const MOST_BYTES = 512 * 2 ** 20;
/** And at most this share of what the browser would give. */
const SHARE = 0.5;

const open = () =>
  openDB<Database>('respond-cam', 1, {
    upgrade(database) {
      database.createObjectStore('session');
      database.createObjectStore('files');
    },
  });

const keys = new WeakMap<Blob, string>();

function keyOf(file: Blob): string {
  const key = keys.get(file) ?? crypto.getRandomValues(new Uint32Array(4)).join('-');
  keys.set(file, key);
  return key;
}

/**
 * Keeps a session in place of the one before, with as many of its files as there is room for; the smaller ones
 * first. Files that it does not need are removed.
 */
export async function keepSession(
  { session, files }: TakenSession,
  address: string,
  limit?: number,
): Promise<void> {
  const room = limit ?? Math.min(MOST_BYTES, SHARE * (await quota()));
  const fitting = new Set<Blob>();
  let total = 0;
  for (const file of [...files].sort((a, b) => a.size - b.size)) {
    total += file.size;
    if (total <= room) fitting.add(file);
  }
  const database = await open();
  try {
    const wanted = files.map((file) => (fitting.has(file) ? keyOf(file) : null));
    const transaction = database.transaction(['session', 'files'], 'readwrite');
    const stored = new Set(await transaction.objectStore('files').getAllKeys());
    const kept: Kept = { session: sessionToJson(session), keys: wanted, address };
    const work: Promise<unknown>[] = [transaction.objectStore('session').put(kept, 'last')];
    for (const key of stored) {
      if (!wanted.includes(key)) work.push(transaction.objectStore('files').delete(key));
    }
    files.forEach((file, i) => {
      const key = wanted[i];
      if (key !== null && !stored.has(key)) {
        work.push(transaction.objectStore('files').put(file, key));
      }
    });
    await Promise.all([...work, transaction.done]);
  } catch (error) {
    const full = error instanceof DOMException && error.name === 'QuotaExceededError';
    if (!full || room === 0) throw error;
    // The disk is fuller than the browser says: what was chosen is kept, the files are not.
    await keepSession({ session, files }, address, 0);
  } finally {
    database.close();
  }
}

/** The session that was kept last; null when there is none. Throws what is wrong with one that cannot be read. */
export async function keptSession(): Promise<KeptSession | null> {
  const database = await open();
  try {
    const kept = await database.get('session', 'last');
    if (!kept) return null;
    const session = validate(sessionSchema, kept.session, 'The session kept by this browser');
    const files = await Promise.all(
      kept.keys.map(async (key) => (key && (await database.get('files', key))) || null),
    );
    files.forEach((file, i) => {
      if (file) keys.set(file, kept.keys[i]!);
    });
    return { session, files, address: kept.address };
  } finally {
    database.close();
  }
}

export async function forgetSession(): Promise<void> {
  const database = await open();
  try {
    await Promise.all([database.clear('session'), database.clear('files')]);
  } finally {
    database.close();
  }
}

async function quota(): Promise<number> {
  const found = await navigator.storage?.estimate?.().catch(() => null);
  return found?.quota ?? MOST_BYTES;
}
