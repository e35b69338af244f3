import { writeSync } from 'node:fs';

/** One Ctrl-C arrives twice where npm hands on what the terminal has sent already. */
const SAME_MS = 250;

/** What takes longer to end says so: a step of a training, say, and its checkpoint. */
const PATIENCE_MS = 1500;

/** @type {(() => void) | undefined} */
let ask;
/** When the first signal came, in ms. */
let asked = Number.POSITIVE_INFINITY;

/**
 * Ctrl-C, from the moment this module is loaded. The first one asks what runs to end, and ends the process
 * where nothing runs that could be asked; the second one ends it at once.
 */
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) {
  process.on(signal, () => {
    // A child hears from its parent: a terminal sends Ctrl-C to both.
    if (signal === 'SIGINT' && process.connected) return;
    const since = performance.now() - asked;
    if (since > SAME_MS) endAtOnce();
    if (since >= 0) return;
    asked = performance.now();
    if (!ask) endCancelled();
    ask();
    setTimeout(() => {
      say('respond-cam: Ending after the step at hand; Ctrl-C once more ends at once.\n');
    }, PATIENCE_MS).unref();
  });
}

/** @param {() => void} cancel asks what runs from here on to end */
export function onInterrupt(cancel) {
  ask = cancel;
}

/** @returns {never} */
export function endCancelled() {
  say('respond-cam: Cancelled.\n');
  process.exit(130);
}

/** By the system's own hand: `process.exit` would wait for a thread that reads from a pipe or a dead disk. */
export function endAtOnce() {
  say('respond-cam: Ended.\n');
  process.removeAllListeners('SIGINT');
  process.kill(process.pid, 'SIGINT');
}

/** @param {string} line */
function say(line) {
  try {
    writeSync(2, line);
  } catch {
    // Nobody reads it.
  }
}
