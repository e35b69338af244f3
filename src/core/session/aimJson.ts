import { fromBase64, toBase64 } from '../base64.ts';
import {
  either,
  line,
  list,
  nullable,
  number,
  object,
  oneOf,
  refine,
  type Schema,
  text,
  whole,
} from '../schema/index.ts';
import type { Region, Target } from '../target/index.ts';
import type { Aim } from './aim.ts';

/** 256 MiB, as base64. */
const MAX_DATA = 2 ** 28;
const voxels = list(number({ min: -1e6, max: 1e6 }), { min: 2, max: 3 });

/** Bytes as base64. */
const bytes: Schema<Uint8Array<ArrayBuffer>> = (value, at) =>
  fromBase64(refine(text(MAX_DATA), 'base64', (given) => fromBase64(given) !== null)(value, at))!;

const floats: Schema<Float32Array> = (value, at) => {
  const whole4 = refine(bytes, 'whole 32-bit numbers in base64', ({ length }) => length % 4 === 0);
  return new Float32Array(whole4(value, at).buffer);
};

const region: Schema<Region> = either(
  object({ kind: oneOf('predicted') }),
  either(
    object({ kind: oneOf('ball'), centre: voxels, radius: number({ min: 0, max: 1e6 }) }),
    either(
      object({ kind: oneOf('box'), from: voxels, to: voxels }),
      object({ kind: oneOf('mask'), voxels: bytes }),
    ),
  ),
);

/** More references than anybody compares with. */
const MOST_NAMES = 10_000;

const similarity = refine(
  object(
    { kind: oneOf('similarity'), reference: floats },
    { names: list(line(1000), { min: 1, max: MOST_NAMES }) },
  ),
  'references of one length, with a name each or none',
  ({ reference, names }) => reference.length % (names?.length ?? 1) === 0,
);

const target: Schema<Target> = either(
  object({ kind: oneOf('class', 'value') }),
  either(
    object({ kind: oneOf('difference'), against: whole({ max: 1e6 }) }),
    either(object({ kind: oneOf('segmentation'), region }), similarity),
  ),
);

/** An aim as {@link aimToJson} writes it. */
export const aimSchema: Schema<Aim> = object({
  output: nullable(line(1000)),
  target: nullable(target),
  statistics: nullable(oneOf('plain', 'frozen')),
});

/** An aim as plain JSON: arrays become base64. */
export function aimToJson(aim: Aim): unknown {
  return JSON.parse(
    JSON.stringify(aim, (_, part: unknown) =>
      part instanceof Uint8Array || part instanceof Float32Array
        ? toBase64(new Uint8Array(part.buffer, part.byteOffset, part.byteLength))
        : part,
    ),
  );
}
