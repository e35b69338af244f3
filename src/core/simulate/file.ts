import { writeMrc } from '../mrc/index.ts';
import { crc32 } from '../volume/compression/crc.ts';
import type { Simulator } from './simulator.ts';

/** Bytes of the header of an MRC file, and where its labels of 80 characters begin. */
const HEADER = 1024;
const LABELS = 224;
const LABEL = 80;

/** Position of the checksum's eight digits: after the word in the third label. */
const SEAL_WORD = 'crc32 ';
const SEAL = LABELS + 2 * LABEL + SEAL_WORD.length;
const DIGITS = 8;

/** Bytes of every subtomogram's file. */
export function subtomogramBytes({ box }: Simulator): number {
  return HEADER + 4 * box ** 3;
}

/**
 * Subtomogram `index` of class `classIndex` as an MRC file: float32, centred on the world's origin, its
 * making and a checksum of the whole file in the labels.
 *
 * @param work `[box, box, box]`, overwritten
 */
export function subtomogramFile(
  simulator: Simulator,
  classIndex: number,
  index: number,
  work = new Float32Array(simulator.box ** 3),
): Uint8Array {
  const { box, voxelSize } = simulator;
  simulator.simulate(classIndex, index, work);
  const corner = (-voxelSize * (box - 1)) / 2;
  const bytes = writeMrc(
    {
      data: work,
      shape: [box, box, box],
      voxelSize: [voxelSize, voxelSize, voxelSize],
      origin: [corner, corner, corner],
    },
    { labels: labelsOf(simulator, classIndex, index) },
  );
  write(bytes, SEAL, checksum(bytes));
  return bytes;
}

/**
 * Whether `bytes` are the file that {@link subtomogramFile} made for this class and index, whole and
 * unchanged, without drawing it again.
 */
export function holdsSubtomogram(
  bytes: Uint8Array,
  simulator: Simulator,
  classIndex: number,
  index: number,
): boolean {
  if (bytes.length !== subtomogramBytes(simulator)) return false;
  const labels = labelsOf(simulator, classIndex, index);
  const made = new Uint8Array(LABELS + labels.length * LABEL);
  labels.forEach((label, i) => {
    write(made, LABELS + i * LABEL, label.padEnd(LABEL).slice(0, LABEL));
  });
  for (let at = LABELS; at < made.length; at++) {
    if ((at < SEAL || at >= SEAL + DIGITS) && bytes[at] !== made[at]) return false;
  }
  const seal = String.fromCharCode(...bytes.subarray(SEAL, SEAL + DIGITS));
  return seal === checksum(bytes);
}

function labelsOf(
  { spec, classes }: Simulator,
  classIndex: number,
  index: number,
): [string, string, string] {
  const { id, name } = classes[classIndex];
  const within = spec.snrBand === null ? '' : ` at ${spec.snrBand} A`;
  const snr = Number.isFinite(spec.snr) ? `${spec.snr}${within}` : 'inf';
  return [
    `${id} ${name}`,
    `simulated: ${spec.model}, SNR ${snr}, seed ${spec.seed}, index ${index}, dark density`,
    SEAL_WORD + '0'.repeat(DIGITS),
  ];
}

/** CRC-32 of the file with zeros for its own digits. */
function checksum(bytes: Uint8Array): string {
  const blank = bytes.slice();
  write(blank, SEAL, '0'.repeat(DIGITS));
  return crc32(blank).toString(16).padStart(DIGITS, '0');
}

/** ASCII, as labels are. */
function write(bytes: Uint8Array, at: number, text: string): void {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    bytes[at + i] = code < 127 ? code : 63;
  }
}
