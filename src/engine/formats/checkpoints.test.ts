import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { readNpy } from '../../core/npy/index.ts';
import { toFloat32 } from '../../core/volume/index.ts';
import type { Graph } from '../graph/types.ts';
import { createNodeEngine } from '../node.ts';
import { type Evaluated, evaluate } from '../testing/evaluate.ts';
import { readConfiguration } from './configuration.ts';
import { aisNetwork } from './keras/ais.ts';
import { kerasH5Graph } from './keras/files.ts';
import { torchNetwork } from './torch/index.ts';
import { inMemory } from '../model/stored.ts';

const root = 'fixtures/checkpoints';

interface Expected {
  readonly scores: readonly number[];
  readonly decision: 'argmax' | 'positive' | null;
  readonly cuts: readonly { readonly id: string; readonly shape: readonly number[] }[];
  readonly files: readonly { readonly path: string; readonly role: string }[];
}

const bytesOf = (...path: string[]) => new Uint8Array(readFileSync(join(...path)));

beforeAll(async () => {
  await createNodeEngine().selectBackend('wasm');
});

/** The vector itself, or per class the sum of its logits over its own voxels. */
function scoresOf({ shape, values }: Evaluated, { decision }: Expected): number[] {
  if (decision === null) return [...values];
  const classes = shape[shape.length - 1];
  const sums = Array.from({ length: classes }, () => 0);
  for (let at = 0; at < values.length; at += classes) {
    const voxel = values.subarray(at, at + classes);
    if (decision === 'argmax') sums[voxel.indexOf(Math.max(...voxel))] += Math.max(...voxel);
    else for (const [c, value] of voxel.entries()) sums[c] += Math.max(value, 0);
  }
  return sums;
}

function read(path: string, bytes: Uint8Array, config: unknown, space: readonly number[]): Graph {
  if (path.endsWith('.scnm')) return aisNetwork(bytes, path, space).graph;
  if (path.endsWith('.h5')) return kerasH5Graph(bytes, { file: path, inputShape: space });
  return torchNetwork(inMemory(bytes), path, { config, inputShape: space }).graph;
}

describe.each(readdirSync(root).filter((name) => !name.endsWith('.py')))('%s', (name) => {
  const folder = join(root, name);
  const expected: Expected = JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8'));
  const beside = expected.files.find(({ role }) => role === 'config' || role === 'answer');
  const config = beside && readConfiguration(bytesOf(folder, beside.path), beside.path);
  const input = readNpy(bytesOf(folder, 'input.npy'), 'input.npy');
  const last = expected.files.some(({ path }) => /\.(h5|scnm)$/.test(path));
  const space = last ? input.shape.slice(0, -1) : input.shape.slice(1);

  test.each(expected.files.filter(({ role }) => role === 'weights' || role === 'model'))(
    '$path gives the scores of PyTorch in float64 and has its layers',
    ({ path }) => {
      const graph = read(path, bytesOf(folder, path), config, space);
      const scores = scoresOf(evaluate(graph, toFloat32(input.data)), expected);
      const top = Math.max(...expected.scores.map(Math.abs));
      expect(scores.length).toBe(expected.scores.length);
      for (const [i, score] of scores.entries())
        expect(Math.abs(score - expected.scores[i])).toBeLessThan(1e-5 * top);
      for (const { id, shape } of expected.cuts)
        expect([id, graph.nodes.find((node) => node.name === id)?.shape]).toEqual([id, shape]);
    },
  );
});
