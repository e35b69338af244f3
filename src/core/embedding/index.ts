/**
 * What a page and the app embedded in it say to each other, by `postMessage`. The page asks, the app answers; it
 * listens to the window that embeds it and to no other.
 */
import {
  anything,
  either,
  type Infer,
  line,
  list,
  object,
  oneOf,
  refine,
  type Schema,
} from '../schema/index.ts';

/** Raised when a message changes its meaning; new keys do not. */
export const PROTOCOL = 1;

const bytes = refine(
  anything as Schema<ArrayBuffer>,
  'an ArrayBuffer',
  (value) => value instanceof ArrayBuffer,
);

const file = object({ name: line(1000), bytes });

/** Asks to show a volume, a network or both; what is left out stays. */
export const openRequest = object(
  { respondCam: oneOf('open'), id: line(100) },
  {
    /** A volume file of any format that the app opens. */
    volume: file,
    /** The id of a network that comes with the app, or the files of one. */
    network: either(line(1000), list(file, { min: 1, max: 100 })),
  },
);
export type OpenRequest = Infer<typeof openRequest>;

/** A heatmap at its layer's own resolution, unscaled, in units of the score. */
export interface EmbeddedMap {
  readonly method: string;
  readonly layer: string;
  readonly classIndex: number;
  /** `[z, y, x]` or `[y, x]`; the last axis is the fastest in `data`. */
  readonly shape: readonly number[];
  readonly data: Float32Array;
  readonly sum: number;
}

/** What the app answers about what it shows. */
export interface EmbeddedAnswer {
  readonly volume: string;
  readonly network: string;
  /** Names of the numbers in `scores`. */
  readonly classes: readonly string[];
  /** Before the softmax. */
  readonly scores: Float32Array;
  readonly probabilities: Float32Array | null;
  readonly predicted: number;
  /** Of the class shown, by every method that was computed. */
  readonly maps: readonly EmbeddedMap[];
  /** What was done to the volume, one sentence each. */
  readonly steps: readonly string[];
}

/** From the app to the window that embeds it. */
export type FromApp =
  /** It listens now. */
  | { readonly respondCam: 'ready'; readonly protocol: typeof PROTOCOL }
  | { readonly respondCam: 'answer'; readonly id: string; readonly answer: EmbeddedAnswer }
  /** Why there is no answer, in one sentence; the app shows what it showed before. */
  | { readonly respondCam: 'failed'; readonly id: string; readonly message: string };
