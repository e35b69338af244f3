import { HEATMAP_UNITS, LEVEL_UNITS } from '../../core/color/index.ts';
import { type Marks, marksSchema } from '../../core/faithfulness/index.ts';
import type { Aim, Panel } from '../../core/session/index.ts';
import { aimSchema, aimToJson } from '../../core/session/aimJson.ts';
import { panelsSchema, panelsToJson } from '../../core/session/panelJson.ts';
import {
  boolean,
  either,
  line,
  list,
  nullable,
  number,
  object,
  oneOf,
  type Schema,
  whole,
} from '../../core/schema/index.ts';
import { FITS, NORMALIZATIONS } from '../../core/volume/index.ts';
import type { ReadingOptions, Subtomogram } from '../types.ts';
import { STRUCTURE_LOOKS, type StructureLook, type StructurePose } from '../structure.ts';
import type { ViewState } from '../view.ts';
import { VIEW_CHOICES, type ViewChoice, type ViewChoices } from '../viewChoices.ts';
import type { InputOptions } from '../volumes.ts';

/** Raised when an older app could not read what is written. */
export const SESSION_VERSION = 1;

/** Where a volume comes from: the gallery, the app's own origin, the simulator, or a file by its number in the session. */
export type VolumeOrigin =
  | { readonly kind: 'sample' }
  | { readonly kind: 'address'; readonly path: string }
  | { readonly kind: 'simulated'; readonly spec: Subtomogram }
  | { readonly kind: 'file'; readonly file: number };

export interface SessionVolume {
  /** As the rest of the session names it: of a sample, its id in the gallery. */
  readonly id: string;
  readonly name: string;
  readonly from: VolumeOrigin;
  /** Which of the volumes of its file. */
  readonly index: number;
  readonly reading: ReadingOptions;
  /** Null where it is given to the network as it is. */
  readonly options: InputOptions | null;
}

export interface SessionNetwork {
  /** As the rest of the session names it: of a bundled one, its id. */
  readonly id: string;
  readonly title: string;
  readonly from:
    | { readonly kind: 'bundled' }
    | { readonly kind: 'address'; readonly path: string }
    | { readonly kind: 'files'; readonly files: readonly number[]; readonly hash: string | null };
}

/** A file that a session needs and that may be kept beside it. */
export interface SessionFile {
  readonly name: string;
  readonly bytes: number;
}

/** What the choices at the top and the panels say; volume and network by their ids. */
export interface ShownSession {
  readonly volume: string | null;
  readonly network: string | null;
  readonly layer: string | null;
  readonly classIndex: number | null;
  readonly aim: Aim;
  readonly panels: readonly Panel[];
}

/** Everything that the explain page shows, without the data itself. */
export interface Session {
  readonly version: number;
  readonly program: string;
  readonly volumes: readonly SessionVolume[];
  readonly networks: readonly SessionNetwork[];
  readonly files: readonly SessionFile[];
  readonly shown: ShownSession;
  readonly view: Partial<ViewState>;
  /** The atoms over the volume. */
  readonly structure?: {
    readonly file: number;
    readonly pose: StructurePose;
    readonly visible: boolean;
    /** Absent in sessions before there were ribbons: atoms. */
    readonly drawn?: StructureLook;
  };
  /** What is painted on volumes, to be hidden from the network; absent where nothing says so. */
  readonly painted?: readonly { readonly volume: string; readonly marks: Marks }[];
}

/** A session with the files that are at hand; null where one is not. */
export interface OpenedSession {
  readonly session: Session;
  readonly files: readonly (Blob | null)[];
}

const size = number({ min: -1e9, max: 1e9 });

function numbers<const N extends number>(count: N): Schema<N extends 3 ? Triple : Quadruple> {
  return list(number({ min: -1e9, max: 1e9 }), { min: count, max: count }) as never;
}
type Triple = readonly [number, number, number];
type Quadruple = readonly [number, number, number, number];

const camera: Schema<ViewState['camera']> = object({
  quaternion: numbers(4),
  zoom: number({ min: 0.01, max: 1000 }),
  target: numbers(3),
  projection: oneOf('orthographic', 'perspective'),
});

/** Of what in the view is no choice of a menu; what is new needs its row. */
const VIEW_VALUES: { readonly [K in Exclude<keyof ViewState, ViewChoice>]: Schema<ViewState[K]> } =
  {
    camera,
    crosshair: numbers(3),
    levels: object({ unit: oneOf(...HEATMAP_UNITS), values: list(size, { max: 50 }) }),
    unlinked: list(object({ panel: line(40), camera, crosshair: numbers(3) }), { max: 64 }),
    maximised: nullable(line(40)),
    densityOpacity: number({ min: 0, max: 1 }),
    dust: number({ min: 0, max: 1e6 }),
    inputLevel: object({ unit: oneOf(...LEVEL_UNITS), value: size }),
  };

/** The values of each choice of the menus. */
const VIEW_ROWS = Object.fromEntries(
  (Object.keys(VIEW_CHOICES) as ViewChoice[]).map((choice) => [
    choice,
    oneOf(...Object.keys(VIEW_CHOICES[choice].values)),
  ]),
) as unknown as { readonly [K in ViewChoice]: Schema<ViewChoices[K]> };

const viewSchema: Schema<Partial<ViewState>> = object({}, { ...VIEW_VALUES, ...VIEW_ROWS });

export const optionsSchema: Schema<InputOptions> = object({
  invert: boolean,
  normalization: oneOf('model', ...NORMALIZATIONS),
  fit: oneOf(...FITS),
  voxelScale: number({ min: 1e-3, max: 1000 }),
  section: nullable(whole({ max: 1e6 })),
});

const readingSchema: Schema<ReadingOptions> = object(
  {},
  {
    readAs: oneOf('volume', 'images'),
    voxelSize: number({ min: 0.01, max: 1e6, unit: 'Å' }),
    volume: whole({ max: 1e6 }),
  },
);

const specSchema: Schema<Subtomogram> = object({
  snr: either(number({ min: 0 }), infinity()),
  seed: whole(),
  classIndex: whole({ max: 4095 }),
  item: whole(),
  name: line(1000),
});

/** JSON has no infinity. */
function infinity(): Schema<number> {
  const word = oneOf('inf');
  return (value, at) => {
    word(value, at);
    return Number.POSITIVE_INFINITY;
  };
}

const file = whole({ max: 10_000 });

const volumeSchema: Schema<SessionVolume> = object({
  id: line(1000),
  name: line(1000),
  from: either(
    either(object({ kind: oneOf('sample') }), object({ kind: oneOf('file'), file })),
    either(
      object({ kind: oneOf('address'), path: line(4000) }),
      object({ kind: oneOf('simulated'), spec: specSchema }),
    ),
  ),
  index: whole({ max: 1e6 }),
  reading: readingSchema,
  options: nullable(optionsSchema),
});

const networkSchema: Schema<SessionNetwork> = object({
  id: line(1000),
  title: line(1000),
  from: either(
    either(
      object({ kind: oneOf('bundled') }),
      object({ kind: oneOf('address'), path: line(4000) }),
    ),
    object({ kind: oneOf('files'), files: list(file, { max: 10_000 }), hash: nullable(line(64)) }),
  ),
});

/** A session as {@link sessionToJson} writes it. */
export const sessionSchema: Schema<Session> = object(
  {
    version: whole({ min: 1, max: SESSION_VERSION }),
    program: line(200),
    volumes: list(volumeSchema, { max: 10_000 }),
    networks: list(networkSchema, { max: 1000 }),
    files: list(object({ name: line(1000), bytes: whole() }), { max: 10_000 }),
    shown: object({
      volume: nullable(line(1000)),
      network: nullable(line(1000)),
      layer: nullable(line(1000)),
      classIndex: nullable(whole({ max: 1e6 })),
      aim: aimSchema,
      panels: panelsSchema,
    }),
    view: viewSchema,
  },
  {
    structure: object(
      {
        file,
        pose: object({ rotation: numbers(4), shift: numbers(3) }),
        visible: boolean,
      },
      { drawn: oneOf(...STRUCTURE_LOOKS) },
    ),
    painted: list(object({ volume: line(1000), marks: marksSchema }), { max: 10_000 }),
  },
);

export function sessionToJson(session: Session): unknown {
  const { shown } = session;
  const plain = {
    ...session,
    shown: { ...shown, aim: aimToJson(shown.aim), panels: panelsToJson(shown.panels) },
  };
  const text = JSON.stringify(plain, (_, part: unknown) =>
    part === Number.POSITIVE_INFINITY ? 'inf' : part,
  );
  return JSON.parse(text);
}
