import type { Survey } from '../volume/layout.ts';
import type { Findings } from '../volume/report.ts';
import { IMOD_FLAGS, type MrcHeader } from './header.ts';
import type { MrcLayout } from './layout.ts';

interface Sign {
  /** Whether mode 0 is signed; to be asked once the survey, where there is one, is done. */
  signed(): boolean;
  /** Looks at all bytes where the header alone does not decide. */
  readonly survey?: Survey;
}

/**
 * Whether the bytes of a mode 0 file are signed: the user's word, else IMOD's flag, else the reading
 * whose extremes are those of the header (DMIN, DMAX), else MRC2014's rule (signed).
 */
export function signOf(
  header: MrcHeader,
  { modeNumber }: Pick<MrcLayout, 'modeNumber'>,
  override: boolean | undefined,
  findings: Findings,
): Sign {
  if (modeNumber !== 0) return { signed: () => true };
  if (override !== undefined) {
    findings.info('mode-0-sign', `Bytes are read as ${words(override)}, as asked.`);
    return { signed: () => override };
  }
  if (header.imodFlags !== null) {
    const flag = (header.imodFlags & IMOD_FLAGS.signedBytes) !== 0;
    return { signed: () => flag };
  }
  const seen = new Uint8Array(256);
  let signed = true;
  return {
    signed: () => signed,
    survey: {
      add(raw) {
        for (let i = 0; i < raw.length; i++) seen[raw[i]] = 1;
      },
      done(whole) {
        signed = fromValues(header, seen, whole, findings);
      },
    },
  };
}

/** @param whole whether all bytes were seen; by some of them alone, the header's extremes decide */
function fromValues(
  header: MrcHeader,
  seen: Uint8Array,
  whole: boolean,
  findings: Findings,
): boolean {
  const { signed, unsigned } = extremes(seen);
  const { dmin, dmax } = header;
  const set = dmin < dmax;
  const guess = !(set && dmin >= 0 && dmax > 127);
  // The same either way.
  if (unsigned[1] < 128) return whole || header.rescaled || guess;
  const matches = ([min, max]: readonly [number, number]): boolean =>
    Math.abs(min - dmin) < 0.5 && Math.abs(max - dmax) < 0.5;
  if (matches(signed) || header.rescaled) return true;
  if (matches(unsigned)) {
    findings.info(
      'mode-0-sign',
      `Bytes are read as unsigned: DMIN ${dmin} and DMAX ${dmax} of the header fit only that (older files store them so).`,
    );
    return false;
  }
  findings.warning(
    'mode-0-sign',
    set && (dmin < 0 || dmax > 127)
      ? `Bytes are read as ${words(guess)}, because the header's DMIN ${dmin} and DMAX ${dmax} suggest it; ${whole ? 'they do not fit the data exactly' : 'not all of the data was looked at for it'}.`
      : 'The header does not say whether bytes are signed; they are read as signed, as MRC2014 says. Older files are unsigned.',
  );
  return guess;
}

function words(signed: boolean): string {
  return signed ? 'signed' : 'unsigned';
}

/** Smallest and largest value under both readings, from a flag for each of the 256 bytes. */
function extremes(seen: Uint8Array): {
  signed: readonly [number, number];
  unsigned: readonly [number, number];
} {
  const present = [...seen.keys()].filter((value) => seen[value] === 1);
  const signed = present.map((value) => (value << 24) >> 24);
  return {
    unsigned: [present[0], present[present.length - 1]],
    signed: [Math.min(...signed), Math.max(...signed)],
  };
}
