import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import {
  createVariedSimulator,
  labelOf,
  OTHER,
  parseRecipe,
  type Recipe,
  RECIPES,
  type Template,
} from '../src/core/simulate/index.ts';
import { readBytes } from './files.ts';
import { heldOutWords } from './measure-domain.ts';
import type { Drawing } from './simulate-worker.ts';

/** What a network is trained on. */
export interface TrainingVolumes {
  readonly drawing: (seed: number) => Drawing;
  /** How many kinds are drawn, and the output that answers each. */
  readonly kinds: number;
  readonly label: (kind: number) => number;
  /** Names of the outputs. */
  readonly classes: readonly string[];
  /** How the network is called by what it has seen, e.g. `SNR 0.1`. */
  readonly title: string;
  /** What held-out volumes are called. */
  readonly heldOut: string;
  /** For the record of the run. */
  readonly identity: Readonly<Record<string, unknown>>;
}

const named = (templates: readonly Template[]) =>
  templates.map(({ id, name }) => `${name} (${id})`);

/** Volumes that differ in pose and noise alone. */
export function alikeVolumes(templates: readonly Template[], snr: number): TrainingVolumes {
  const finite = Number.isFinite(snr);
  return {
    drawing: (seed) => ({ spec: { snr, seed } }),
    kinds: templates.length,
    label: (kind) => kind,
    classes: named(templates),
    title: finite ? `SNR ${snr}` : 'noise-free',
    heldOut: heldOutWords(snr),
    identity: { snr: finite ? String(snr) : 'inf' },
  };
}

/** Volumes by a recipe, with an output for backgrounds where it has them. */
export function variedVolumes(
  templates: readonly Template[],
  { name, recipe }: NamedRecipe,
): TrainingVolumes {
  const { kinds } = createVariedSimulator(templates, recipe, 0);
  const text = JSON.stringify(recipe, (_, value) =>
    value === Number.POSITIVE_INFINITY ? 'inf' : value,
  );
  return {
    drawing: (seed) => ({ recipe, seed }),
    kinds: kinds.length,
    label: (kind) => labelOf(kind, templates.length),
    classes: [...named(templates), ...(recipe.background ? [OTHER] : [])],
    title: `varied (${name})`,
    heldOut: `held-out simulated volumes, recipe ${name}`,
    identity: {
      recipe: name,
      recipeSha256: createHash('sha256').update(text).digest('hex').slice(0, 16),
    },
  };
}

export interface NamedRecipe {
  readonly name: string;
  readonly recipe: Recipe;
}

/** The recipe of this name, or in this file. */
export async function readRecipe(given: string): Promise<NamedRecipe> {
  if (Object.hasOwn(RECIPES, given)) {
    return { name: given, recipe: RECIPES[given as keyof typeof RECIPES] };
  }
  return { name: basename(given, '.json'), recipe: parseRecipe(await readBytes(given), given) };
}
