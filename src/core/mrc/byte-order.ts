import type { Findings } from '../volume/report.ts';
import { MRC_MODES } from './modes.ts';

/** Largest size along one axis that is taken as a sign of the right byte order. */
const PLAUSIBLE_SIZE = 1 << 20;

/** Whether MODE and NX, NY, NZ make sense when read in this byte order. */
export function plausible(view: DataView, littleEndian: boolean): boolean {
  const sizes = [0, 4, 8].map((at) => view.getInt32(at, littleEndian));
  return (
    MRC_MODES.has(view.getInt32(12, littleEndian)) &&
    sizes.every((size) => size >= 1 && size <= PLAUSIBLE_SIZE)
  );
}

/** The machine stamp's byte order; null when the stamp says nothing usable. */
function stampOrder(b0: number, b1: number): 'little' | 'big' | null {
  if (b0 === 0x44) return 'little'; // 44 44, 44 41, and 44 00, 44 11, 44 20 of other writers
  if (b0 === 0x11 && b1 === 0x11) return 'big';
  return null;
}

/**
 * Decides the byte order: the machine stamp where it makes MODE and the sizes plausible, otherwise
 * the order that does. True for little-endian.
 */
export function isLittleEndian(view: DataView, findings: Findings): boolean {
  const bytes = [212, 213, 214, 215].map((at) => view.getUint8(at));
  const stamp = bytes.map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
  const order = stampOrder(bytes[0], bytes[1]);
  const stamped = order !== 'big';
  if (!plausible(view, stamped) && plausible(view, !stamped)) {
    const words = stamped ? 'big' : 'little';
    if (order === null) {
      findings.warning(
        'machine-stamp',
        `The machine stamp (${stamp}) says nothing about the byte order; the sizes and the mode make sense as ${words}-endian, so the file is read so.`,
      );
    } else {
      findings.warning(
        'machine-stamp-wrong',
        `The machine stamp (${stamp}) says ${order}-endian, but the sizes and the mode make sense only as ${words}-endian; the file is read as ${words}-endian.`,
      );
    }
    return !stamped;
  }
  if (order === null) {
    findings.warning(
      'machine-stamp',
      `The machine stamp (${stamp}) says nothing about the byte order; the sizes and the mode make sense as little-endian, so the file is read so.`,
    );
  } else if (order === 'little' && bytes[1] !== 0x44 && bytes[1] !== 0x41) {
    findings.info(
      'machine-stamp-variant',
      `The machine stamp (${stamp}) is a known variant; it is taken as little-endian.`,
    );
  }
  return stamped;
}
