// Symbols in order of atomic number, hydrogen first.
const SYMBOLS = (
  'H HE LI BE B C N O F NE NA MG AL SI P S CL AR K CA SC TI V CR MN FE CO NI CU ZN GA GE AS SE BR KR ' +
  'RB SR Y ZR NB MO TC RU RH PD AG CD IN SN SB TE I XE CS BA LA CE PR ND PM SM EU GD TB DY HO ER TM ' +
  'YB LU HF TA W RE OS IR PT AU HG TL PB BI PO AT RN FR RA AC TH PA U'
).split(' ');

const NUMBERS = new Map(SYMBOLS.map((symbol, index) => [symbol, index + 1]));
NUMBERS.set('D', 1);

/** Atomic number of an element symbol in any letter case; 0 when there is no such element. */
export function atomicNumber(symbol: string): number {
  return NUMBERS.get(symbol.toUpperCase()) ?? 0;
}

/**
 * Atomic number from the four-letter atom name of a PDB file (columns 13-16), for files without the
 * element columns: the symbol is right-justified in the first two, so `" CA "` is carbon and `"CA  "`
 * calcium; a name that fills all four columns (`"HG11"`) starts with a one-letter symbol.
 */
export function atomicNumberOfName(name: string): number {
  const first = name.slice(0, 2);
  if (/^[A-Za-z]{2}$/.test(first) && name[3] === ' ') {
    const two = atomicNumber(first);
    if (two > 0) return two;
  }
  const letter = /[A-Za-z]/.exec(name);
  return letter ? atomicNumber(letter[0]) : 0;
}

/** Heavy atoms of biomolecules have two nucleons per electron (C 12/6, N 14/7, O 16/8, P, S). */
export const DALTON_PER_ELECTRON = 2;
