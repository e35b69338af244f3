import { Console } from 'node:console';
import { once } from 'node:events';
import { sentence } from '../src/core/errors.ts';
import type { Io } from './command.ts';
import { exitCode, runCommandLine } from './commands.ts';

// Libraries talk through the console; stdout belongs to the answer.
globalThis.console = new Console(process.stderr, process.stderr);

const cancel = new AbortController();
process.once('SIGINT', () => cancel.abort());
process.once('SIGTERM', () => cancel.abort());
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0); // `| head` closed the pipe
  throw error;
});

const io: Io = {
  print: (line) => void process.stdout.write(`${line}\n`),
  json: (document) => void process.stdout.write(`${JSON.stringify(document, null, 1)}\n`),
  note: (line) => void process.stderr.write(`${line}\n`),
  signal: cancel.signal,
};

try {
  await runCommandLine(process.argv.slice(2), io);
  process.exitCode = 0;
} catch (error) {
  process.exitCode = exitCode(error);
  io.note(`respond-cam: ${sentence(error).replace(/\s*\n\s*/g, ' ')}`);
  if (process.exitCode === 1 && error instanceof Error) io.note(error.stack ?? '');
}
if (process.stdout.writableNeedDrain) await once(process.stdout, 'drain');
process.exit();
