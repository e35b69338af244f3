import { Mismatch, parseJson, type Schema, validate } from '../../schema/index.ts';
import { createRandom } from '../random.ts';
import { type Draw, drawValue, numberDraw, wordDraw } from './draw.ts';
import {
  CTF_KINDS,
  type CtfKind,
  type Imaging,
  NUMBER_FIELDS,
  type NumberFieldName,
} from './fields.ts';

/** How each volume's own {@link Imaging} is drawn; fields that are left out have their usual value. */
export type Recipe = { readonly [K in NumberFieldName]?: Draw<number> } & {
  readonly ctf?: Draw<CtfKind>;
  /** Whether volumes without a particle are drawn too, as a class of their own. */
  readonly background?: boolean;
};

/**
 * Particles as extraction from tomograms leaves them. The SNR holds in the band of the templates, since
 * the noise has other colours here: 0.1 to 1000 there is 0.009 to 86 over the box for white noise.
 */
const REAL: Recipe = {
  snr: {
    mix: [
      [9, { log: [0.1, 1000] }],
      [1, Number.POSITIVE_INFINITY],
    ],
  },
  snrBand: 40,
  noiseBeforeCtf: { uniform: [0, 1] },
  noiseColour: {
    mix: [
      [1, 0],
      [1, { uniform: [0, 4] }],
    ],
  },
  tilt: {
    mix: [
      [7, { uniform: [40, 60], step: 4 }],
      [1, 90],
    ],
  },
  axis: {
    mix: [
      [1, 0],
      [2, { uniform: [0, 165], step: 15 }],
    ],
  },
  ctf: {
    mix: [
      [2, 'modulated'],
      [1, 'flipped'],
      [1, 'none'],
    ],
  },
  defocus: { uniform: [1.5, 7] },
  amplitudeContrast: { uniform: [0.05, 0.15] },
  lowpass: {
    mix: [
      [2, 0],
      [1, { uniform: [20, 50] }],
    ],
  },
  shift: 30,
  scale: { uniform: [0.94, 1.06] },
  neighbours: {
    mix: [
      [3, 0],
      [1, 1],
    ],
  },
  background: true,
};

/** Recipes by name. */
export const RECIPES = { real: REAL } as const satisfies Readonly<Record<string, Recipe>>;

const FIELD_SCHEMAS: Readonly<Record<string, Schema<unknown>>> = {
  ...Object.fromEntries(
    Object.entries(NUMBER_FIELDS).map(([name, field]) => [name, numberDraw(field)]),
  ),
  ctf: wordDraw(CTF_KINDS),
  background: (value, at) => {
    if (typeof value === 'boolean') return value;
    throw new Mismatch(at.path, `is ${JSON.stringify(value)}`, 'true, false');
  },
};

const recipe: Schema<Recipe> = (value, at) => {
  const accepted = `an object with some of ${Object.keys(FIELD_SCHEMAS).join(', ')}`;
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Mismatch(at.path, `is ${JSON.stringify(value)}`, accepted);
  const read = Object.entries(value).map(([name, row]: [string, unknown]) => {
    if (!Object.hasOwn(FIELD_SCHEMAS, name)) throw new Mismatch(name, 'is unknown', accepted);
    return [name, FIELD_SCHEMAS[name](row, { ...at, path: name })];
  });
  return Object.fromEntries(read) as Recipe;
};

/** @throws AppError 'bad-file' naming the file, the field and what is accepted. */
export function parseRecipe(bytes: Uint8Array, file: string): Recipe {
  const accepted = 'a recipe in JSON';
  return validate(recipe, parseJson(bytes, { file, accepted, maxBytes: 2 ** 20 }), file);
}

/** What volume `key` is made with; decided by the recipe and the key alone. */
export function drawImaging(from: Recipe, ...key: readonly number[]): Imaging {
  const random = createRandom(...key);
  const numbers = Object.entries(NUMBER_FIELDS).map(([name, { usual }]) => [
    name,
    drawValue(from[name as NumberFieldName] ?? usual, random),
  ]);
  const ctf = drawValue(from.ctf ?? 'modulated', random);
  return { ...(Object.fromEntries(numbers) as Record<NumberFieldName, number>), ctf };
}
