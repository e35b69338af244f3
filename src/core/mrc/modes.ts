/** How the values of one MRC mode lie in the file. */
export interface MrcMode {
  readonly words: string;
  /** Bits per voxel, both parts of complex values together. */
  readonly bits: number;
  readonly complex: boolean;
}

/** Every mode of MRC2014 and its extensions. */
export const MRC_MODES: ReadonlyMap<number, MrcMode> = new Map([
  [0, { words: '8-bit integer', bits: 8, complex: false }],
  [1, { words: '16-bit integer', bits: 16, complex: false }],
  [2, { words: '32-bit float', bits: 32, complex: false }],
  [3, { words: 'complex 16-bit integer', bits: 32, complex: true }],
  [4, { words: 'complex 32-bit float', bits: 64, complex: true }],
  [6, { words: 'unsigned 16-bit integer', bits: 16, complex: false }],
  [12, { words: '16-bit float', bits: 16, complex: false }],
  [101, { words: 'packed 4-bit integer', bits: 4, complex: false }],
]);

export const ACCEPTED_MODES = [...MRC_MODES].map(([n, { words }]) => `${n} (${words})`).join(', ');

/** Modes of other programs, by what they are. */
export const FOREIGN_MODES: readonly (readonly [(mode: number) => boolean, string])[] = [
  [(mode) => mode === 16, 'which is an RGB colour image and not a density'],
  [(mode) => mode === 5, "which is another program's unsigned bytes"],
  [
    (mode) => mode === 10 || mode === 11 || mode === 13 || mode === 14,
    "which is another program's own",
  ],
  [
    (mode) => mode >= 1000 && mode < 100_000,
    'which is compressed MRCZ (unpack it with the mrcz package of Python)',
  ],
];
