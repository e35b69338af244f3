/**
 * The fonts that every reader of PDF has (ISO 32000-1, 9.6.2.2), with what of their characters and widths is needed:
 * text in WinAnsiEncoding, Greek and mathematics from Symbol.
 */
export type FontName = 'Helvetica' | 'Helvetica-Bold' | 'Symbol';

/** Thousandths of the size of characters 32 to 126. */
const REGULAR =
  '278 278 355 556 556 889 667 191 333 333 389 584 278 333 278 278 556 556 556 556 556 556 556 556 556 556 278 278 584 584 584 556 1015 667 667 722 722 667 611 778 722 278 500 667 556 833 722 778 667 778 722 667 611 722 667 944 667 667 611 278 278 278 469 556 333 556 556 500 556 556 278 556 556 222 222 500 222 833 556 556 556 556 333 500 278 556 500 722 500 500 500 334 260 334 584';
const BOLD =
  '278 333 474 556 556 889 722 238 333 333 389 584 278 333 278 278 556 556 556 556 556 556 556 556 556 556 333 333 584 584 584 611 975 722 722 722 722 667 611 778 722 278 556 722 611 833 722 778 667 778 722 667 611 722 667 944 667 667 611 333 278 333 584 556 333 556 611 556 611 556 333 611 611 278 278 556 278 889 611 611 611 611 389 556 333 611 556 778 556 556 500 389 280 389 584';

/** The same of others that are used here, by code; regular and bold are nearly the same. */
const MORE: Readonly<Record<number, number>> = {
  133: 1000,
  145: 250,
  146: 250,
  147: 400,
  148: 400,
  149: 350,
  151: 1000,
  153: 1000,
  176: 400,
  177: 584,
  178: 333,
  179: 333,
  183: 278,
  185: 333,
  197: 690,
  215: 584,
};

const SYMBOL_WIDTHS: Readonly<Record<number, number>> = {
  45: 549,
  68: 612,
  83: 592,
  97: 631,
  98: 549,
  100: 494,
  101: 439,
  103: 411,
  107: 549,
  108: 549,
  109: 576,
  114: 549,
  115: 603,
  116: 439,
  163: 549,
  165: 713,
  174: 987,
  179: 549,
  187: 549,
};

/** Of characters that the tables do not have. */
const USUAL_WIDTH = 556;

/** The first character with a width in {@link FONT_WIDTHS}. */
export const FIRST_CODE = 32;

function widths(known: (code: number) => number | undefined): readonly number[] {
  return Array.from({ length: 256 - FIRST_CODE }, (_, i) => known(FIRST_CODE + i) ?? USUAL_WIDTH);
}

function latinWidths(table: string): readonly number[] {
  const ascii = table.split(' ').map(Number);
  return widths((code) => ascii[code - FIRST_CODE] ?? MORE[code]);
}

/** Thousandths of the size, of characters {@link FIRST_CODE} to 255. */
export const FONT_WIDTHS: Readonly<Record<FontName, readonly number[]>> = {
  Helvetica: latinWidths(REGULAR),
  'Helvetica-Bold': latinWidths(BOLD),
  Symbol: widths((code) => SYMBOL_WIDTHS[code]),
};

/** Characters of WinAnsiEncoding outside of Latin-1. */
const WIN_ANSI: Readonly<Record<string, number>> = {
  '€': 0x80,
  '…': 0x85,
  '‘': 0x91,
  '’': 0x92,
  '“': 0x93,
  '”': 0x94,
  '•': 0x95,
  '–': 0x96,
  '—': 0x97,
  '™': 0x99,
};

const SYMBOL: Readonly<Record<string, number>> = {
  '−': 0x2d,
  Σ: 0x53,
  Δ: 0x44,
  α: 0x61,
  β: 0x62,
  γ: 0x67,
  δ: 0x64,
  ε: 0x65,
  κ: 0x6b,
  λ: 0x6c,
  μ: 0x6d,
  ρ: 0x72,
  σ: 0x73,
  τ: 0x74,
  '≤': 0xa3,
  '≥': 0xb3,
  '∞': 0xa5,
  '≈': 0xbb,
  '→': 0xae,
};

/** Characters of one font in a row. */
export interface TextRun {
  readonly font: FontName;
  readonly codes: readonly number[];
}

/** Text as runs of fonts; `lost` where a character is in none of them and a question mark stands for it. */
export function runsOf(text: string, bold: boolean): { runs: TextRun[]; lost: boolean } {
  const runs: { font: FontName; codes: number[] }[] = [];
  const plain = bold ? 'Helvetica-Bold' : 'Helvetica';
  let lost = false;
  for (const character of text) {
    const point = character.codePointAt(0)!;
    const latin = (point >= 32 && point < 127) || (point > 160 && point < 256);
    const code = latin ? point : (WIN_ANSI[character] ?? SYMBOL[character]);
    lost ||= code === undefined;
    const font = !latin && character in SYMBOL ? 'Symbol' : plain;
    const last = runs.at(-1);
    if (last?.font === font) last.codes.push(code ?? 63);
    else runs.push({ font, codes: [code ?? 63] });
  }
  return { runs, lost };
}

/** Width of runs at size 1. */
export function widthOf(runs: readonly TextRun[]): number {
  const of = ({ font, codes }: TextRun) =>
    codes.reduce((sum, code) => sum + FONT_WIDTHS[font][code - FIRST_CODE], 0);
  return runs.reduce((sum, run) => sum + of(run), 0) / 1000;
}
