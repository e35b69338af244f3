import { lineStarts } from './text.ts';

/** Where each line of a table starts, and after the last one where it ends; blank lines at the end are none. */
export function tableLines(bytes: Uint8Array): Uint32Array {
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] <= 0x20) end--;
  const starts = lineStarts(bytes, 0, end);
  starts[starts.length - 1] = bytes.indexOf(0x0a, end) + 1 || bytes.length;
  return starts;
}

/** The bytes outside `starts[0]` to the last start, with only the chosen lines between them. */
export function selectLines(
  bytes: Uint8Array,
  starts: Uint32Array,
  chosen: Uint32Array,
): Uint8Array {
  const rows = starts.length - 1;
  const from = starts[0];
  const to = starts[rows];
  let length = bytes.length - (to - from);
  for (const row of chosen) length += starts[row + 1] - starts[row];
  const out = new Uint8Array(length + 1);
  out.set(bytes.subarray(0, from));
  let at = from;
  for (const row of chosen) {
    out.set(bytes.subarray(starts[row], starts[row + 1]), at);
    at += starts[row + 1] - starts[row];
  }
  // The last line of a file may lack its end, which matters once another one follows.
  const open = at > 0 && out[at - 1] !== 0x0a && to < bytes.length;
  if (open) out[at++] = 0x0a;
  out.set(bytes.subarray(to), at);
  return out.subarray(0, length + (open ? 1 : 0));
}
