import { joinBytes } from '../bytes.ts';
import { strToU8 } from 'fflate';

/** One coded picture of a film. */
export interface VideoFrame {
  readonly data: Uint8Array;
  /** Milliseconds from the start. */
  readonly time: number;
  /** It can be shown without those before it. */
  readonly key: boolean;
}

export interface VideoTrack {
  /** Matroska's name of the coding, e.g. `V_VP9`. */
  readonly codec: 'V_VP8' | 'V_VP9';
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** Milliseconds of the whole film. */
  readonly duration: number;
}

/** A cluster counts its times in 16 bits. */
const CLUSTER_MS = 30_000;

/**
 * A WebM file (Matroska, RFC 9559) of one track without sound: header, what it holds, an index of its
 * key frames, so that players can seek, and its clusters.
 */
export function writeWebm(
  frames: readonly VideoFrame[],
  { codec, width, height, duration }: VideoTrack,
  program: string,
): Uint8Array<ArrayBuffer> {
  const header = element(0x1a45dfa3, [
    uint(0x4286, 1),
    uint(0x42f7, 1),
    uint(0x42f2, 4),
    uint(0x42f3, 8),
    text(0x4282, 'webm'),
    uint(0x4287, 4),
    uint(0x4285, 2),
  ]);
  const info = element(0x1549a966, [
    uint(0x2ad7b1, 1_000_000),
    float(0x4489, duration),
    text(0x4d80, program),
    text(0x5741, program),
  ]);
  const tracks = element(0x1654ae6b, [
    element(0xae, [
      uint(0xd7, 1),
      uint(0x73c5, 1),
      uint(0x83, 1),
      uint(0x9c, 0),
      text(0x86, codec),
      element(0xe0, [uint(0xb0, width), uint(0xba, height)]),
    ]),
  ]);
  const clusters = clustersOf(frames);
  const front = [info, tracks];
  // The index says where clusters lie behind it, so its own length, the same whatever it says, comes first.
  const ahead = lengthOf(front) + cues(clusters, 0).length;
  const segment = element(0x18538067, [
    ...front,
    cues(clusters, ahead),
    ...clusters.map(({ bytes }) => bytes),
  ]);
  return joinBytes([header, segment]);
}

interface Cluster {
  readonly time: number;
  readonly bytes: Uint8Array;
}

/** A cluster begins at a key frame, or where its times would not fit. */
function clustersOf(frames: readonly VideoFrame[]): Cluster[] {
  const groups: VideoFrame[][] = [];
  for (const frame of frames) {
    const last = groups.at(-1);
    if (!last || frame.key || frame.time - last[0].time > CLUSTER_MS) groups.push([frame]);
    else last.push(frame);
  }
  return groups.map((group) => {
    const { time } = group[0];
    const blocks = group.map((frame) => {
      const at = Math.round(frame.time) - Math.round(time);
      const head = [0x81, at >> 8, at & 255, frame.key ? 0x80 : 0];
      return element(0xa3, [new Uint8Array(head), frame.data]);
    });
    return { time, bytes: element(0x1f43b675, [uint(0xe7, Math.round(time)), ...blocks]) };
  });
}

/** @param ahead bytes of the segment before its first cluster */
function cues(clusters: readonly Cluster[], ahead: number): Uint8Array {
  let at = ahead;
  const points = clusters.map(({ time, bytes }) => {
    const position = at;
    at += bytes.length;
    return element(0xbb, [
      uint(0xb3, Math.round(time), 4),
      element(0xb7, [uint(0xf7, 1), uint(0xf1, position, 4)]),
    ]);
  });
  return element(0x1c53bb6b, points);
}

function element(id: number, parts: readonly Uint8Array[]): Uint8Array {
  return joinBytes([bigEndian(id), size(lengthOf(parts)), ...parts]);
}

/** Lengths are written in 8 bytes, so that an element is as long whatever is in it. */
function size(length: number): Uint8Array {
  const out = new Uint8Array(8);
  new DataView(out.buffer).setBigUint64(0, BigInt(length) | (1n << 56n));
  return out;
}

/** The bytes of a number without leading zeros; at least `bytes` of them. */
function bigEndian(value: number, bytes = 1): Uint8Array {
  const out: number[] = [];
  for (let rest = value; rest > 0 || out.length < bytes; rest = Math.floor(rest / 256)) {
    out.unshift(rest % 256);
  }
  return new Uint8Array(out);
}

const uint = (id: number, value: number, bytes = 1) => element(id, [bigEndian(value, bytes)]);
const text = (id: number, value: string) => element(id, [strToU8(value)]);

function float(id: number, value: number): Uint8Array {
  const out = new Uint8Array(8);
  new DataView(out.buffer).setFloat64(0, value);
  return element(id, [out]);
}

const lengthOf = (parts: readonly Uint8Array[]) =>
  parts.reduce((sum, { length }) => sum + length, 0);
