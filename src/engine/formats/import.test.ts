import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { readNpy } from '../../core/npy/index.ts';
import { toFloat32 } from '../../core/volume/index.ts';
import type { Graph } from '../graph/types.ts';
import { createNodeEngine } from '../node.ts';
import { type Evaluated, evaluate } from '../testing/evaluate.ts';
import { kerasArchiveGraph, kerasH5Graph, kerasJsonGraph } from './keras/files.ts';
import { onnxGraph } from './onnx/index.ts';
import { readSafetensors } from './safetensors.ts';

const root = 'fixtures/import';

interface Expected {
  readonly scores: readonly number[];
  readonly main: string;
  readonly outputs: readonly string[];
  readonly files: readonly {
    readonly path: string;
    readonly weights?: string;
    readonly outputs?: readonly string[];
  }[];
}

const bytesOf = (...path: string[]) => new Uint8Array(readFileSync(join(...path)));

async function read(
  folder: string,
  path: string,
  weights: string | undefined,
  space: readonly number[],
): Promise<Graph> {
  const bytes = bytesOf(folder, path);
  if (path.endsWith('.h5')) return kerasH5Graph(bytes, path);
  if (path.endsWith('.keras')) return kerasArchiveGraph(bytes, path);
  if (path.endsWith('.json'))
    return kerasJsonGraph(
      new TextDecoder().decode(bytes),
      bytesOf(folder, weights as string),
      path,
    );
  const own = weights?.endsWith('.safetensors')
    ? readSafetensors(bytesOf(folder, weights), weights)
    : undefined;
  const floats = own && [...own].filter(([, { integer }]) => !integer);
  const replaced =
    floats &&
    new Map(
      floats.map(([name, { dims, numbers }]) => [name, { dims, data: numbers(), integer: false }]),
    );
  return onnxGraph(bytes, path, async (name) => bytesOf(folder, name), {
    weights: replaced,
    space,
  });
}

/** The score of each class: the output itself, or the sum of a class's logits over the voxels predicted as it. */
function scoresOf({ shape, values }: Evaluated): number[] {
  if (shape.length === 1) return [...values];
  const classes = shape[shape.length - 1];
  const sums = Array.from({ length: classes }, () => 0);
  for (let at = 0; at < values.length; at += classes) {
    const voxel = values.subarray(at, at + classes);
    const best = classes === 1 ? (voxel[0] > 0 ? 0 : -1) : voxel.indexOf(Math.max(...voxel));
    if (best >= 0) sums[best] += voxel[best];
  }
  return sums;
}

beforeAll(async () => {
  await createNodeEngine().selectBackend('wasm');
});

for (const format of ['onnx', 'keras', 'safetensors']) {
  describe(`${format} networks give the scores of PyTorch in float64`, () => {
    for (const name of readdirSync(join(root, format))) {
      const folder = join(root, format, name);
      const expected: Expected = JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8'));
      for (const { path, weights, outputs } of expected.files) {
        test(`${name}/${path}`, async () => {
          const input = readNpy(bytesOf(folder, 'input.npy'), 'input.npy');
          const graph = await read(folder, path, weights, input.shape.slice(-3));
          const place = expected.outputs.indexOf(expected.main);
          const output = (outputs ?? graph.outputs.map((one) => one.name))[place];
          const scores = scoresOf(evaluate(graph, toFloat32(input.data), output));
          const top = Math.max(...expected.scores.map(Math.abs));
          expect(scores.length).toBe(expected.scores.length);
          for (const [i, score] of scores.entries())
            expect(Math.abs(score - expected.scores[i])).toBeLessThan(1e-5 * top);
        });
      }
    }
  });
}
