import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { LOCK, lockFolder } from './lock.ts';

const root = mkdtempSync(join(tmpdir(), 'lock-'));
afterAll(() => rmSync(root, { recursive: true }));
let folder = '';
let lock = '';
beforeEach(() => {
  folder = mkdtempSync(join(root, 'x-'));
  lock = join(folder, LOCK);
});

/** The number of a process that has ended. */
const dead = () => spawnSync(process.execPath, ['-e', '']).pid;
const owner = (change: object) =>
  JSON.stringify({ pid: process.pid, host: hostname(), born: null, since: 'noon', ...change });

describe('a lock', () => {
  it('is held until it is released', () => {
    const release = lockFolder(folder);
    expect(() => lockFolder(folder)).toThrow(
      new RegExp(
        `^--out ${folder}: in use by process ${process.pid} since 20\\S+; accepted: another`,
      ),
    );
    release();
    expect(existsSync(lock)).toBe(false);
    lockFolder(folder)();
  });

  it.each([
    ['of a process that has ended', () => owner({ pid: dead() })],
    ['half written', () => '{"pid": 1'],
    ['that is empty', () => ''],
    ['of a number that another process got', () => owner({ born: 1 })],
  ])('%s is taken over', (name, content) => {
    if (/another process got/.test(name) && process.platform !== 'linux') return;
    writeFileSync(lock, content());
    const release = lockFolder(folder);
    expect(JSON.parse(readFileSync(lock, 'utf8'))).toMatchObject({ pid: process.pid });
    release();
    expect(existsSync(lock)).toBe(false);
  });

  it('of another machine is respected, and the message says how to remove it', () => {
    writeFileSync(lock, owner({ host: 'elsewhere', pid: 7 }));
    expect(() => lockFolder(folder)).toThrow(
      `in use by process 7 on elsewhere since noon; accepted: another folder, or this one when it has ended, or, if that process has ended, without ${lock}`,
    );
  });

  it('of somebody else is not removed by our release', () => {
    const release = lockFolder(folder);
    writeFileSync(lock, owner({ pid: 7 }));
    release();
    expect(existsSync(lock)).toBe(true);
  });
});
