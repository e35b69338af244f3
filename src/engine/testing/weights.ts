import { readFileSync } from 'node:fs';

interface Spec {
  readonly name: string;
  shape: number[];
  quantization?: { readonly dtype: 'uint8'; readonly min: number; readonly scale: number };
}

/** Weights of a network in float64, read from the files in `folder` as TensorFlow.js describes them. */
export function readWeights(folder: string) {
  const model = JSON.parse(readFileSync(`${folder}model.json`, 'utf8'));
  const [{ paths, weights: specs }] = model.weightsManifest as [
    { paths: string[]; weights: Spec[] },
  ];
  const bytes = Buffer.concat(paths.map((path) => readFileSync(`${folder}${path}`)));
  const weights = new Map<string, Float64Array>();
  const start = bytes.byteOffset;
  let at = 0;
  for (const { name, shape, quantization } of specs) {
    const count = shape.reduce((a, b) => a * b, 1);
    const size = quantization ? 1 : 4;
    const values = new Float64Array(count);
    if (quantization) {
      const { scale, min } = quantization;
      for (let i = 0; i < count; i++) values[i] = Math.fround(bytes[at + i] * scale + min);
    } else {
      values.set(new Float32Array(bytes.buffer.slice(start + at, start + at + count * size)));
    }
    weights.set(name, values);
    at += count * size;
  }
  return { topology: model.modelTopology as object, specs, weights };
}
