import type { Io } from './command.ts';
import { jsonText } from './json-text.ts';

/** An {@link Io} that keeps what a command writes. */
export function recordingIo(signal: AbortSignal = new AbortController().signal) {
  const out: string[] = [];
  const notes: string[] = [];
  const io: Io = {
    print: (line) => void out.push(line),
    json: (document) => void out.push(JSON.stringify(document)),
    async jsonStream(document) {
      let text = '';
      for await (const piece of jsonText(document)) text += piece;
      out.push(text);
    },
    note: (line) => void notes.push(line),
    signal,
  };
  return { io, out, notes };
}
