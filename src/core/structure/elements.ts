/** Symbols and standard atomic weights (Da; IUPAC 2021, of the longest-lived isotope without one). */
const TABLE =
  `H 1.008 HE 4.0026 LI 6.94 BE 9.0122 B 10.81 C 12.011 N 14.007 O 15.999 F 18.998 NE 20.18
NA 22.99 MG 24.305 AL 26.982 SI 28.085 P 30.974 S 32.06 CL 35.45 AR 39.95 K 39.098 CA 40.078
SC 44.956 TI 47.867 V 50.942 CR 51.996 MN 54.938 FE 55.845 CO 58.933 NI 58.693 CU 63.546 ZN 65.38
GA 69.723 GE 72.63 AS 74.922 SE 78.971 BR 79.904 KR 83.798 RB 85.468 SR 87.62 Y 88.906 ZR 91.224
NB 92.906 MO 95.95 TC 97 RU 101.07 RH 102.91 PD 106.42 AG 107.87 CD 112.41 IN 114.82 SN 118.71
SB 121.76 TE 127.6 I 126.9 XE 131.29 CS 132.91 BA 137.33 LA 138.91 CE 140.12 PR 140.91 ND 144.24
PM 145 SM 150.36 EU 151.96 GD 157.25 TB 158.93 DY 162.5 HO 164.93 ER 167.26 TM 168.93 YB 173.05
LU 174.97 HF 178.49 TA 180.95 W 183.84 RE 186.21 OS 190.23 IR 192.22 PT 195.08 AU 196.97 HG 200.59
TL 204.38 PB 207.2 BI 208.98 PO 209 AT 210 RN 222 FR 223 RA 226 AC 227 TH 232.04 PA 231.04 U 238.03
NP 237 PU 244 AM 243 CM 247 BK 247 CF 251 ES 252 FM 257 MD 258 NO 259 LR 262 RF 267 DB 268 SG 269
BH 270 HS 269 MT 278 DS 281 RG 282 CN 285 NH 286 FL 290 MC 290 LV 293 TS 294 OG 294`.split(/\s+/);

const NUMBERS = new Map<string, number>();
const WEIGHTS = new Float64Array(TABLE.length / 2 + 1);
for (let z = 1; z < WEIGHTS.length; z++) {
  NUMBERS.set(TABLE[2 * z - 2] as string, z);
  WEIGHTS[z] = Number(TABLE[2 * z - 1]);
}
NUMBERS.set('D', 1);
NUMBERS.set('T', 1);

/** Standard atomic weight of an atomic number, Da. */
export function atomicWeight(element: number): number {
  return WEIGHTS[element] as number;
}

/**
 * Atomic number of an element symbol in any letter case, with or without its charge (`Zn2+`, `O1-`,
 * `Cl-`, `FE+3`); 0 when there is no such element.
 */
export function atomicNumber(symbol: string): number {
  const known = NUMBERS.get(symbol);
  if (known !== undefined) return known;
  const letters = /^\s*([A-Za-z]{1,2})\d*[+-]*\d*\s*$/.exec(symbol);
  return letters ? (NUMBERS.get((letters[1] as string).toUpperCase()) ?? 0) : 0;
}

/** Heavy atoms of biomolecules have two nucleons per electron (C 12/6, N 14/7, O 16/8, P, S). */
export const DALTON_PER_ELECTRON = 2;
