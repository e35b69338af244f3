import '@tensorflow/tfjs-backend-cpu';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tf } from '../../src/engine/tf.ts';
import { layersFiles } from '../../src/engine/model/write.ts';
import { noise } from '../../src/testing/random.ts';
import { toOnnx } from './onnx.ts';
import { toProgram } from './program.ts';
import type { Prepared } from './protocol.ts';
import { ABOUT, buildSpec, type Spec, specName } from './specs.ts';

/** Writes what the engines' processes read into a new folder, hands it to `use` and removes it again. */
export async function withPrepared<T>(
  spec: Spec,
  samples: number,
  use: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'respond-cam-bench-'));
  try {
    await prepare(spec, samples, folder);
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function prepare(spec: Spec, samples: number, folder: string): Promise<void> {
  await tf.setBackend('cpu');
  const { topology, graph } = buildSpec(spec);
  const { program, blob } = toProgram(graph);
  const inputShape = [...graph.nodes[graph.inputs[0]].shape];
  const layer = spec.kind === 'network' ? ABOUT[spec.id].layer : undefined;
  const layers = Object.keys(program.layers);
  const network = specName(spec);
  const about: Prepared = { network, file: 'model.json', inputShape, samples, layer, layers };
  const write = (name: string, content: Uint8Array | string) =>
    writeFileSync(join(folder, name), content);
  write('about.json', JSON.stringify(about));
  write('program.json', JSON.stringify(program));
  write('weights.f32', asBytes(blob));
  write('network.onnx', toOnnx(program, blob));
  write('input.f32', asBytes(noise(samples * inputShape.reduce((a, b) => a * b, 1), 1)));
  for (const { name, bytes } of await layersFiles(topology, graph.constants, { layer }))
    write(name, bytes);
}

const asBytes = ({ buffer, byteOffset, byteLength }: Float32Array) =>
  new Uint8Array(buffer, byteOffset, byteLength);
