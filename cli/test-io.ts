import type { Io } from './command.ts';

/** An {@link Io} that keeps what a command writes. */
export function recordingIo(signal: AbortSignal = new AbortController().signal) {
  const out: string[] = [];
  const notes: string[] = [];
  const io: Io = {
    print: (line) => void out.push(line),
    json: (document) => void out.push(JSON.stringify(document)),
    async jsonList(name, entries) {
      const list: object[] = [];
      for await (const entry of entries) list.push(entry);
      out.push(JSON.stringify({ [name]: list }));
    },
    note: (line) => void notes.push(line),
    signal,
  };
  return { io, out, notes };
}
