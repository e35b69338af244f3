import { badInput } from '../errors.ts';
import { inTurn, matchClasses } from './labels.ts';
import {
  labelNotes,
  type SetChoice,
  type SetVolume,
  unknownClasses,
  type VolumeSet,
} from './set.ts';

/** Volumes of each class when neither their number nor a limit is given. */
export const SIMULATED_PER_CLASS = 10;

/** Which series of simulated volumes, and how they are drawn. */
export interface SimulatedSource {
  /** What can be simulated, in order. */
  readonly templates: readonly { readonly id: string; readonly name: string }[];
  /** Variance of the signal over that of the noise; Infinity is noise-free, null where it varies. */
  readonly snr: number | null;
  readonly seed: number;
  readonly readAhead: number;
  /** Draws and prepares volume `item` of template `index`. */
  read(index: number, item: number): ReturnType<SetVolume['read']>;
}

/**
 * Held-out volumes of the templates that the network knows: volume `item` of each is decided by (seed,
 * template, item) alone, so it is the same in every shard and at every limit.
 *
 * @param title of the network, for messages
 * @throws AppError 'bad-input' when the network knows none of the templates.
 */
export function simulatedSet(
  title: string,
  choice: SetChoice,
  { templates, snr, seed, readAhead, read }: SimulatedSource,
): VolumeSet {
  const { classes, named, limit } = choice;
  // A network without names of its own and with fewer classes gets the first ones.
  const known = named ? templates : templates.slice(0, classes.length);
  const labelling = matchClasses(classes, known, named);
  if (labelling.by === 'none') {
    throw badInput(
      `${title} names none of the bundled classes (${templates.map(({ id }) => id).join(', ')}); accepted for simulated volumes: a network with classes named by them`,
    );
  }
  const drawn = labelling.index.flatMap((label, i) => (label === null ? [] : [{ label, i }]));
  const unknown = unknownClasses(known, labelling.index);
  const perClass =
    choice.perClass ??
    (limit === undefined ? SIMULATED_PER_CLASS : Math.ceil(limit / drawn.length));
  const groups = drawn.map(({ label, i }) =>
    Array.from(
      { length: perClass },
      (_, item): SetVolume => ({
        id: `${templates[i].id}/${item}`,
        class: label,
        read: () => read(i, item),
      }),
    ),
  );
  return {
    data: {
      set: 'simulated',
      snr: snr === Number.POSITIVE_INFINITY ? 'inf' : snr,
      seed,
      labels: labelling.by,
    },
    volumes: inTurn(groups).slice(0, limit),
    notes:
      labelling.by === 'position'
        ? labelNotes(known, labelling)
        : unknown.length > 0
          ? [`Not drawn, because the network does not know them: ${unknown.join(', ')}.`]
          : [],
    readAhead,
  };
}

/** The SNR a network was trained at by its recipe (`"inf"`, a number, or one as text); null if it does not state one. */
export function trainedSnr(recipe: Readonly<Record<string, unknown>> | undefined): number | null {
  const snr = recipe?.snr;
  if (snr === 'inf') return Number.POSITIVE_INFINITY;
  const value = typeof snr === 'string' ? Number(snr) : snr;
  return typeof value === 'number' && value > 0 ? value : null;
}
