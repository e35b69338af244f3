import { Console } from 'node:console';
import { writeSync } from 'node:fs';
import { Writable } from 'node:stream';
import { parentPort, workerData } from 'node:worker_threads';
import { AppError, sentence } from '../src/core/errors.ts';
import type { Io } from './command.ts';
import { exitCode, isFault, runCommandLine } from './commands.ts';
import { jsonText } from './json-text.ts';
import { harmless, harmlessJson } from './terminal.ts';
import { cannotWrite } from './write.ts';

const STDOUT = 1;
const STDERR: number = workerData.notes;

/** Writes all of it before it returns: nothing is lost at the exit, and a full disk is an error. */
function write(descriptor: number, text: string): void {
  for (let rest = Buffer.from(text); rest.length > 0; ) {
    try {
      rest = rest.subarray(writeSync(descriptor, rest));
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      if (code === 'EAGAIN') pause(5);
      else if (code === 'EPIPE')
        process.exit(0); // `| head` closed the pipe
      else if (descriptor === STDOUT) throw lost(error);
      else return;
    }
  }
}

/** Standard output is not a file that could be named better: the answer is lost. */
function lost(cause: unknown): AppError {
  return new AppError('output', sentence(cannotWrite('standard output', cause)), { cause });
}

function pause(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

const INDENT = 1;

const io: Io = {
  print: (line) => write(STDOUT, `${harmless(line)}\n`),
  json: (document) => write(STDOUT, `${harmlessJson(JSON.stringify(document, null, INDENT))}\n`),
  async jsonStream(document) {
    for await (const piece of jsonText(document, INDENT)) write(STDOUT, harmlessJson(piece));
    write(STDOUT, '\n');
  },
  note: (line) => write(STDERR, `${harmless(line)}\n`),
  signal: cancelled(),
};

/** Aborted by Ctrl-C, which the thread that started this one hears of. */
function cancelled(): AbortSignal {
  const cancel = new AbortController();
  parentPort?.once('message', () => cancel.abort());
  return cancel.signal;
}

// Libraries talk through the console; stdout belongs to the answer.
const notes = new Writable({
  decodeStrings: false,
  write(text: string, _encoding, done) {
    io.note(text.replace(/\n$/, ''));
    done();
  },
});
globalThis.console = new Console(notes, notes);

try {
  await runCommandLine(process.argv.slice(2), io);
  process.exitCode = 0;
} catch (error) {
  process.exitCode = exitCode(error);
  io.note(`respond-cam: ${sentence(error).replace(/\s*\n\s*/g, ' ')}`);
  if (isFault(error) && error instanceof Error) io.note(error.stack ?? '');
}
process.exit();
