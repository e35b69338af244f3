import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { readNpy } from '../../core/npy/index.ts';
import { toFloat32 } from '../../core/volume/index.ts';
import type { Graph } from '../graph/types.ts';
import { createNodeEngine, fileUrl } from '../node.ts';
import { type Evaluated, evaluate } from '../testing/evaluate.ts';
import { openNetwork } from '../model/open.ts';
import { openSource } from '../model/source.ts';
import { readFileUrl } from '../node-files.ts';
import type { ModelSource } from '../types.ts';

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
  inputShape: readonly number[],
): Promise<Graph> {
  const at = (name: string) => resolve(folder, name);
  const source: ModelSource = {
    kind: 'url',
    id: 'network',
    url: fileUrl(at(path)),
    inputShape,
    ...(weights && { weights: { url: fileUrl(at(weights)), label: weights } }),
  };
  const { graph } = await openNetwork(openSource(source, readFileUrl), source, {});
  return graph;
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
          const graph = await read(folder, path, weights, input.shape);
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
