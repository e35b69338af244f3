import { linkSync, readFileSync, renameSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { badInput } from '../src/core/errors.ts';
import { type Infer, nullable, object, text, validate, whole } from '../src/core/schema/index.ts';
import { cannotWrite } from './write.ts';

export const LOCK = '.respond-cam.lock';

const schema = object({
  pid: whole({ min: 1 }),
  host: text(1000),
  /** Ticks since the machine started when the process did: a number may be given to another process. */
  born: nullable(whole()),
  since: text(100),
});
type Owner = Infer<typeof schema>;

/**
 * Takes a folder for this process alone, until it is released or the process ends. The lock of a process
 * that was killed is taken over.
 *
 * @returns the release
 * @throws AppError 'bad-input' when another process has it.
 */
export function lockFolder(folder: string, flag = '--out'): () => void {
  const path = join(folder, LOCK);
  const own = `${JSON.stringify({
    pid: process.pid,
    host: hostname(),
    born: bornAt(process.pid),
    since: new Date().toISOString(),
  } satisfies Owner)}\n`;
  if (!create(path, own)) {
    const text = readLock(path);
    const owner = parse(text);
    if (text !== undefined && owner !== undefined && isAlive(owner)) {
      throw badInput(`${flag} ${folder}: ${inUse(owner, path)}`);
    }
    if (text !== undefined) removeStale(path, text);
    if (!create(path, own)) {
      throw badInput(`${flag} ${folder}: another process took it first; accepted: another folder`);
    }
  }
  const release = () => {
    process.off('exit', release);
    if (readLock(path) === own) rmSync(path, { force: true });
  };
  process.once('exit', release);
  return release;
}

function create(path: string, content: string): boolean {
  try {
    writeFileSync(path, content, { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw cannotWrite(path, error);
  }
}

/** Only the lock that was read: between reading and removing, another process may have taken it over. */
function removeStale(path: string, content: string): void {
  const aside = `${path}.${process.pid}`;
  try {
    renameSync(path, aside);
    if (readLock(aside) !== content) linkSync(aside, path);
    unlinkSync(aside);
  } catch {
    // Another process removed it first, or took the folder; creating the lock says which.
    rmSync(aside, { force: true });
  }
}

function readLock(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/** Undefined for a lock that a process was writing when it was killed. */
function parse(content: string | undefined): Owner | undefined {
  try {
    return validate(schema, JSON.parse(content ?? ''), LOCK);
  } catch {
    return undefined;
  }
}

function isAlive({ pid, host, born }: Owner): boolean {
  if (host !== hostname()) return true; // cannot be known from here
  if (pid === process.pid && born === bornAt(pid)) return true;
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  return born === null || born === bornAt(pid);
}

/** From Linux; null elsewhere, and when there is no such process. */
function bornAt(pid: number): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The name in brackets may hold anything; the start is the 20th field after it.
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]);
  } catch {
    return null;
  }
}

function inUse({ pid, host, since }: Owner, path: string): string {
  const where = host === hostname() ? '' : ` on ${host}`;
  const removal = where && `, or, if that process has ended, without ${path}`;
  return `in use by process ${pid}${where} since ${since}; accepted: another folder, or this one when it has ended${removal}`;
}
