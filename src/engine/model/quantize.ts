import { joinBytes } from '../../core/bytes.ts';
import { badInput } from '../../core/errors.ts';
import { toHalf } from '../../core/volume/half.ts';
import { tf } from '../tf.ts';
import type { ModelArtifacts } from './artifacts.ts';
import { storedBytes, type WeightSpec } from './manifest.ts';
import { mapTo } from '../../core/typed-arrays.ts';

export const QUANTIZED_TYPES = ['uint8', 'uint16', 'float16'] as const;
export type QuantizedType = (typeof QUANTIZED_TYPES)[number];

/** Kernels with fewer values than this are not worth the loss. */
const LARGE = 2 ** 20;

/** Bits of whole numbers, of which fewer may be used. */
export const STEP_BITS = { uint8: 8, uint16: 16 } as const;

export interface QuantizeOptions {
  readonly dtype: QuantizedType;
  /** Of the bits of `uint8` and `uint16` so many are used, 2 or more; the others stay 0, which compresses well. */
  readonly bits?: number;
  /** Layers whose kernels are stored so; by default every kernel of 2^20 values or more. */
  readonly layers?: readonly string[];
}

/** One weight that is stored in fewer bits, and what it lost. */
export interface QuantizedWeight {
  readonly name: string;
  /** Bytes before and after. */
  readonly bytes: readonly [before: number, after: number];
  /** Largest difference, in units of the weight. */
  readonly worst: number;
  /** Root mean square of the difference over that of the weight. */
  readonly relative: number;
}

/** A weight in few bits: `values[i]` is about `min + scale * q[i]`, or the half with the bits `q[i]`. */
interface Coded {
  readonly q: Uint8Array | Uint16Array;
  readonly affine?: { readonly min: number; readonly scale: number };
}

/**
 * Stores kernels of a network in fewer bits, the way the manifest of TensorFlow.js describes them:
 * `uint8` and `uint16` in equal steps from the smallest to the largest value with 0 among them, so that
 * an error is at most half a step; `float16` rounded to the nearest. The other weights keep their bytes.
 *
 * @throws AppError 'bad-input' for a layer without a kernel, a kernel that is quantised already, when
 * there is none to quantise, and for weights that are not finite.
 */
export function quantize(
  from: ModelArtifacts,
  { dtype, bits, layers }: QuantizeOptions,
): { artifacts: ModelArtifacts; weights: QuantizedWeight[] } {
  const chosen = chooseKernels(from, layers);
  mustBeFinite(from);
  const specs: WeightSpec[] = [];
  const parts: Uint8Array[] = [];
  const weights: QuantizedWeight[] = [];
  let offset = 0;
  for (const spec of from.weightSpecs) {
    const bytes = new Uint8Array(from.weightData, offset, storedBytes(spec));
    offset += bytes.byteLength;
    if (!chosen.includes(spec)) {
      specs.push(spec);
      parts.push(bytes);
      continue;
    }
    const values = new Float32Array(bytes.slice().buffer);
    const coded = dtype === 'float16' ? halves(values, spec.name) : steps(values, dtype, bits);
    const quantized: WeightSpec = { ...spec, quantization: { dtype, ...coded.affine } };
    const part = new Uint8Array(coded.q.buffer);
    specs.push(quantized);
    parts.push(part);
    const sizes = [bytes.byteLength, part.byteLength] as const;
    weights.push({ name: spec.name, bytes: sizes, ...loss(values, quantized, part) });
  }
  return {
    artifacts: { ...from, weightSpecs: specs, weightData: joinBytes(parts).buffer },
    weights,
  };
}

function mustBeFinite({ label, weightSpecs, weightData }: ModelArtifacts): void {
  let offset = 0;
  for (const spec of weightSpecs) {
    const bytes = weightData.slice(offset, offset + storedBytes(spec));
    offset += bytes.byteLength;
    const tensor = tf.io.decodeWeights(bytes, [spec])[spec.name];
    const values = tensor.dataSync();
    tensor.dispose();
    const bad = values.findIndex((value) => !Number.isFinite(value));
    if (bad >= 0) {
      throw badInput(
        `${label}: value ${bad} of ${spec.name} is ${values[bad]}; accepted: networks whose weights are finite`,
      );
    }
  }
}

function chooseKernels(
  { label, weightSpecs }: ModelArtifacts,
  layers?: readonly string[],
): WeightSpec[] {
  const kernels = weightSpecs.filter(
    ({ dtype, shape }) => dtype === 'float32' && shape.length > 1 && size(shape) > 0,
  );
  const layerOf = ({ name }: WeightSpec) => name.split('/').at(-2) ?? name;
  const names = kernels.map(layerOf).join(', ');
  const unknown = layers?.find((layer) => !kernels.some((spec) => layerOf(spec) === layer));
  if (unknown !== undefined) {
    throw badInput(`${label}: no layer '${unknown}' with a float32 kernel; accepted: ${names}`);
  }
  const chosen = layers
    ? kernels.filter((spec) => layers.includes(layerOf(spec)))
    : kernels.filter(({ shape }) => size(shape) >= LARGE);
  if (chosen.length === 0) {
    throw badInput(`${label}: no kernel has ${LARGE} values; accepted: layers named of ${names}`);
  }
  const again = chosen.find(({ quantization }) => quantization);
  if (again?.quantization) {
    throw badInput(
      `${label}: ${again.name} is ${again.quantization.dtype} already; accepted: the network before it was quantised`,
    );
  }
  return chosen;
}

const size = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

function steps(
  values: Float32Array,
  dtype: keyof typeof STEP_BITS,
  bits: number = STEP_BITS[dtype],
): Coded {
  const q = dtype === 'uint8' ? new Uint8Array(values.length) : new Uint16Array(values.length);
  const top = 2 ** bits - 1;
  let low = 0;
  let high = 0;
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  // One step is kept back for moving the grid so that 0 is on it.
  const scale = (high - low) / (top - 1) || 1;
  const zero = Math.ceil(-low / scale);
  const min = -zero * scale;
  for (let i = 0; i < q.length; i++) q[i] = Math.round(values[i] / scale) + zero;
  return { q, affine: { min, scale } };
}

function halves(values: Float32Array, name: string): Coded {
  const q = mapTo(new Uint16Array(values.length), values, toHalf);
  if (q.some((bits) => (bits & 0x7c00) === 0x7c00)) {
    throw badInput(`${name} has values beyond 65504; accepted: uint8, uint16`);
  }
  return { q };
}

/** What is lost, measured on what TensorFlow.js reads back. */
function loss(values: Float32Array, spec: WeightSpec, bytes: Uint8Array) {
  const data = bytes.slice().buffer as ArrayBuffer;
  const tensor = tf.io.decodeWeights(data, [spec])[spec.name];
  const read = tensor.dataSync();
  tensor.dispose();
  let worst = 0;
  let squares = 0;
  let error = 0;
  for (let i = 0; i < values.length; i++) {
    const difference = read[i] - values[i];
    worst = Math.max(worst, Math.abs(difference));
    error += difference * difference;
    squares += values[i] * values[i];
  }
  return { worst, relative: Math.sqrt(error / (squares || 1)) };
}
