/** Child process: ONNX Runtime Web's wasm backend, forward pass only. */
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import * as ort from 'onnxruntime-web';
import { COMPARED, type Prepared, summary } from './protocol.ts';
import { readFloats, serve } from './serve.ts';

let session: ort.InferenceSession;
let input: Float32Array;
let shape: readonly number[];
let compared: (y: Float32Array) => ArrayLike<number>;

/** One sample `[…, channels]` as `[channels, …]`; networks of volumes have one channel. */
function channelsFirst(x: Float32Array, channels: number): Float32Array {
  const pixels = x.length / channels;
  return channels > 3 || channels === 1
    ? x
    : x.map((_, i) => x[(i % pixels) * channels + Math.floor(i / pixels)]);
}

await serve({
  async load(folder: string, { inputShape, file: own }: Prepared) {
    compared = own === 'model.json' ? (y) => y.slice(0, COMPARED) : summary;
    ort.env.wasm.numThreads = availableParallelism();
    const file = new Uint8Array(readFileSync(join(folder, 'network.onnx')));
    session = await ort.InferenceSession.create(file, {
      executionProviders: ['wasm'],
      graphOptimizationLevel: 'all',
      // Threads that wait in a loop would take the processor from the engine measured next.
      extra: { session: { intra_op: { allow_spinning: '0' } } },
    });
    input = channelsFirst(readFloats(join(folder, 'input.f32')), inputShape.at(-1) ?? 1);
    shape = [...inputShape.slice(-1), ...inputShape.slice(0, -1)];
    return `ONNX Runtime Web ${ort.env.versions.web}, wasm, ${ort.env.wasm.numThreads} threads, Node ${process.version}`;
  },
  async run(batch: number) {
    const size = shape.reduce((a, b) => a * b, 1);
    const x = new ort.Tensor('float32', input.subarray(0, batch * size), [batch, ...shape]);
    const { y } = await session.run({ x });
    return compared(y.data as Float32Array);
  },
});
