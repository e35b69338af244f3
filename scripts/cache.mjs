import { lstatSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';

/** What was not used for this long is of an old version. */
const OLD_MS = 30 * 24 * 3600_000;

/** What is still unfinished then was left by a process that was killed. */
const UNFINISHED_MS = 3600_000;

/** In the names of what is renamed once it is complete. */
export const UNFINISHED = '-part-';

/**
 * A folder of this user's for what can be made again, outside the installation, which may be read-only: the
 * user's cache, else one in the temporary folder. Nobody else can write there: what lies there is run.
 * @returns {string}
 */
export function cacheFolder() {
  const { env, platform, getuid } = process;
  const home =
    platform === 'darwin'
      ? join(homedir(), 'Library', 'Caches')
      : platform === 'win32'
        ? env.LOCALAPPDATA
        : env.XDG_CACHE_HOME || join(homedir(), '.cache');
  const places = [join(tmpdir(), `respond-cam-${getuid?.() ?? 'cache'}`)];
  if (home) places.unshift(join(home, 'respond-cam'));
  return places.find(isOwn) ?? mkdtempSync(join(tmpdir(), 'respond-cam-'));
}

/** @param {string} folder made where it is missing */
function isOwn(folder) {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const { uid, mode } = lstatSync(folder);
    if (process.getuid && (uid !== process.getuid() || (mode & 0o022) !== 0)) return false;
    rmSync(mkdtempSync(join(folder, `probe${UNFINISHED}`)), { recursive: true });
    return true;
  } catch {
    return false;
  }
}

/**
 * Removes what belongs to old versions or was left unfinished.
 * @param {string} folder
 * @param {string} [prefix] of the names looked at
 */
export function removeOld(folder, prefix = '') {
  const names = readdirSync(folder).filter((name) => name.startsWith(prefix));
  for (const path of names.map((name) => join(folder, name))) {
    const info = statSync(path, { throwIfNoEntry: false });
    const limit = path.includes(UNFINISHED) ? UNFINISHED_MS : OLD_MS;
    if (info && Date.now() - info.mtimeMs > limit) rmSync(path, { recursive: true, force: true });
  }
}
