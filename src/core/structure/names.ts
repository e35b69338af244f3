import { atomicNumber } from './elements.ts';

/**
 * Residues made of H, C, N, O, P, S and Se alone, as the PDB and the force fields of Amber, CHARMM,
 * GROMOS and OPLS call them.
 */
const AMINO =
  'ALA ARG ASN ASP CYS GLN GLU GLY HIS ILE LEU LYS MET PHE PRO SER THR TRP TYR VAL MSE SEC PYL UNK ' +
  'ASX GLX HID HIE HIP HSD HSE HSP CYX CYM ASH GLH LYN LYP ARN TYM SEP TPO PTR CSO HYP KCX MLY M3L ' +
  'LLP ACE NME NMA NH2 FOR';
const NUCLEOTIDES = 'ADE CYT GUA URA THY PSU 5MC 5MU 7MG 1MA 2MG H2U OMC OMG';
const STANDARD = new Set(`${AMINO} ${NUCLEOTIDES}`.split(' '));

/** Names of one-atom residues in force fields that are not the element's symbol. */
const IONS: Readonly<Record<string, string>> = {
  SOD: 'NA',
  CLA: 'CL',
  POT: 'K',
  CAL: 'CA',
  CES: 'CS',
  LIT: 'LI',
  RUB: 'RB',
  BAR: 'BA',
  CAD: 'CD',
};

/** Two-letter symbols that begin like an organic element and still name a metal or halogen in a ligand. */
const CERTAIN = new Set('CL CU SI NI PT PD SE'.split(' '));

function isStandard(residue: string): boolean {
  if (STANDARD.has(residue)) return true;
  // Nucleotides (A, DA, RA, with 5 or 3 at an end) and residues at the ends of an Amber chain (NALA).
  if (/^[DR]?[ACGTUIN][35N]?$/.test(residue)) return true;
  return residue.length === 4 && /^[NC]/.test(residue) && STANDARD.has(residue.slice(1));
}

/**
 * Atomic number from an atom's name, for files without element symbols; 0 when nothing is plausible.
 * The residue decides first: an amino acid has no calcium, and `CA` in residue `CA` is nothing else.
 * The columns count only for other residues: where the file keeps to them, a symbol is
 * right-justified in columns 13-14, so `" CA "` is carbon and `"CA  "` calcium.
 *
 * @param name columns 13-16 with their blanks, or the name alone
 * @param aligned whether the file keeps to those columns
 */
export function atomicNumberOfName(name: string, residue: string, aligned: boolean): number {
  const letters = name.replace(/[^A-Za-z]/g, '').toUpperCase();
  const first = letters[0] ?? '';
  const compound = residue.toUpperCase();
  const organic = 'HDCNOPS'.includes(first);
  if (organic && isStandard(compound)) {
    const selenium = letters === 'SE' && /^(MSE|SEC)$/.test(compound.slice(-3));
    return selenium ? 34 : atomicNumber(first);
  }
  const ion = IONS[compound] ?? compound.replace(/[^A-Z]/g, '');
  if (ion === letters || IONS[compound] !== undefined) {
    const element = atomicNumber(ion);
    if (element > 0) return element;
  }
  const two = letters.slice(0, 2);
  const symbol = /^[A-Za-z]{2}/.test(name.trim()) ? atomicNumber(two) : 0;
  const inColumns = aligned && name.length === 4 && name[0] !== ' ' && name[3] === ' ';
  // Of the symbols that begin like an organic element, columns vouch for all but hydrogen's.
  const certain = CERTAIN.has(two) || (inColumns && !'HD'.includes(first) && symbol <= 83);
  if (symbol > 0 && !(aligned && name[0] === ' ') && (!organic || certain)) return symbol;
  // Fluorine has no remoteness letter E, so a lone FE is iron in any column.
  if (letters === 'FE') return 26;
  return atomicNumber(first);
}

/**
 * Whether the names of a PDB file begin in column 13 whatever their element, as many programs write
 * them: a one-letter name, or an amino acid's CA or CB, stands there.
 */
export function namesAreLeftJustified(text: string): boolean {
  const residue =
    '(?:ALA|ARG|ASN|ASP|CYS|GLN|GLU|GLY|HIS|ILE|LEU|LYS|MET|PHE|PRO|SER|THR|TRP|TYR|VAL)';
  return new RegExp(`^(?:ATOM|HETA).{8}(?:[CNOP] {3}|C[AB] {2}.${residue})`, 'm').test(text);
}

const WATERS = new Set(['HOH', 'WAT', 'DOD', 'H2O']);

/** Waters of molecular dynamics; some of these names are ligands elsewhere, so the atom has a say. */
const MD_WATERS = new Set(
  (
    'SOL TIP TIP2 TIP3 TIP4 TIP5 TIPS TIPP TP2 TP3 TP3M TP4 TP5 T3P T4P T5P T3H T4E SPC SPCE SPCF SPE ' +
    'OPC OPC3 OPC4 OH2 OHH HHO HH0 HOX WTR D2O SWM4 SWM6'
  ).split(' '),
);
const WATER_ATOM = /^(O|OW\d?|OH2|OT|O1?|[HD]|[12]?[HD][WO]?[123]?|MW?\d?|EPW?\d?|LP\d?|LW?\d?)$/;

/** Whether an atom belongs to a molecule of water. */
export function isWater(residue: string, atom: string): boolean {
  return WATERS.has(residue) || (MD_WATERS.has(residue) && WATER_ATOM.test(atom.trim()));
}

/** Whether a residue's name of four letters is a water's, and not one of three before a chain. */
export function isWaterName(residue: string): boolean {
  return WATERS.has(residue) || MD_WATERS.has(residue);
}
