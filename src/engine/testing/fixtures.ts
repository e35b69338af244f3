import { readFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** The reference cases: expected values by PyTorch in float64 (one winner per pooling window). */
export const CASES = [
  'single_fc',
  'tiny_cnn2',
  'vgg2d',
  'negative_activations',
  'residual_batchnorm',
  'dilated_quantized',
] as const;

export interface Expected {
  readonly scores: number[];
  readonly layers: string[];
  readonly classes: number;
  readonly input_shape: number[];
  readonly index: { key: string; shape: number[]; offset: number }[];
  readonly sums: Record<string, Record<string, number>>;
  readonly table1: Record<string, { l1: number; kendall_tau: number }>;
}

const root = fileURLToPath(new URL('../../../fixtures/cam/', import.meta.url));

export function loadCase(name: string) {
  const expected = JSON.parse(readFileSync(`${root}${name}/expected.json`, 'utf8')) as Expected;
  const values = floats(readFileSync(`${root}${name}/expected.f32`));
  const size = expected.input_shape.reduce((a, b) => a * b, 1);
  const npy = readFileSync(`${root}${name}/input.npy`);
  return {
    expected,
    input: floats(npy.subarray(npy.byteLength - 4 * size)),
    modelUrl: pathToFileURL(`${root}${name}/tfjs/model.json`).href,
    /** Expected array by its key, e.g. `respond/conv1/0`. */
    values(key: string): Float32Array {
      const entry = expected.index.find((row) => row.key === key);
      if (!entry) throw new Error(`${name}: no expected values for ${key}`);
      const count = entry.shape.reduce((a, b) => a * b, 1);
      return values.subarray(entry.offset, entry.offset + count);
    },
  };
}

function floats(bytes: Uint8Array): Float32Array {
  return new Float32Array(new Uint8Array(bytes).buffer);
}

/** Largest difference divided by the largest expected magnitude. */
export function relativeError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  let difference = 0;
  let scale = 0;
  for (let i = 0; i < expected.length; i++) {
    difference = Math.max(difference, Math.abs(actual[i] - expected[i]));
    scale = Math.max(scale, Math.abs(expected[i]));
  }
  return difference / scale;
}
