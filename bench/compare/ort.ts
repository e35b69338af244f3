/** Child process: ONNX Runtime Web's wasm backend, forward pass only. */
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import * as ort from 'onnxruntime-web';
import { COMPARED, type Prepared } from './protocol.ts';
import { readFloats, serve } from './serve.ts';

let session: ort.InferenceSession;
let input: Float32Array;
let shape: readonly number[];

/** Channels first; the order of the values does not matter to the time, and networks have one channel. */
const channelFirst = ([z, y, x, c, ...rest]: readonly number[]) =>
  rest.length === 0 && c !== undefined ? [c, z, y, x] : [z];

await serve({
  async load(folder: string, { inputShape }: Prepared) {
    ort.env.wasm.numThreads = availableParallelism();
    const file = new Uint8Array(readFileSync(join(folder, 'network.onnx')));
    session = await ort.InferenceSession.create(file, {
      executionProviders: ['wasm'],
      graphOptimizationLevel: 'all',
      // Threads that wait in a loop would take the processor from the engine measured next.
      extra: { session: { intra_op: { allow_spinning: '0' } } },
    });
    input = readFloats(join(folder, 'input.f32'));
    shape = channelFirst(inputShape);
    return `ONNX Runtime Web ${ort.env.versions.web}, wasm, ${ort.env.wasm.numThreads} threads, Node ${process.version}`;
  },
  async run(batch: number) {
    const size = shape.reduce((a, b) => a * b, 1);
    const x = new ort.Tensor('float32', input.subarray(0, batch * size), [batch, ...shape]);
    const { y } = await session.run({ x });
    return (y.data as Float32Array).slice(0, COMPARED);
  },
});
