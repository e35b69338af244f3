import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CamMethod } from '../../core/cam/index.ts';
import { readNpy } from '../../core/npy/index.ts';
import { toFloat32 } from '../../core/volume/index.ts';
import { createNodeEngine, fileUrl } from '../node.ts';
import type { Declared, Target } from '../types.ts';

interface ExpectedTarget {
  readonly id: string;
  readonly kind: 'class' | 'segmentation' | 'ball' | 'cosine' | 'embedding-entry';
  readonly index?: number;
  readonly centre?: readonly number[];
  readonly radius?: number;
  readonly voxels?: number;
  readonly reference?: readonly number[];
}

/** What PyTorch's autograd in float64 says; `…_frozen` with mean and variance of norms as constants. */
interface Expected {
  readonly cuts: readonly { readonly id: string; readonly shape: readonly number[] }[];
  readonly files: readonly { readonly path: string; readonly role: string }[];
  readonly targets: readonly ExpectedTarget[];
  readonly ledger: Readonly<
    Record<string, Record<'score' | 'cam' | 'bias' | 'bypass', number> & { exact: boolean }>
  >;
  readonly sums: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly tolerance: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

const root = 'fixtures/checkpoints';
const METHODS: readonly CamMethod[] = ['respond', 'grad', 'hirescam'];
const engine = createNodeEngine();
beforeAll(() => engine.selectBackend('wasm'));
afterAll(() => engine.dispose());

/** The array with the channels last, as the engine takes it. */
function arranged(data: Float32Array, { layout, shape }: Declared): Float32Array {
  if (layout !== 'channels-first') return data;
  const voxels = data.length / shape[0];
  return data.map((_, i) => data[(i % shape[0]) * voxels + Math.floor(i / shape[0])]);
}

function targetOf({ kind, centre, radius, reference }: ExpectedTarget): Target {
  switch (kind) {
    case 'class':
      return { kind };
    case 'embedding-entry':
      return { kind: 'value' };
    case 'segmentation':
      return { kind, region: { kind: 'predicted' } };
    case 'ball':
      return {
        kind: 'segmentation',
        region: { kind: 'ball', centre: centre as number[], radius: radius as number },
      };
    case 'cosine':
      return { kind: 'similarity', reference: Float32Array.from(reference as number[]) };
  }
}

describe.each(readdirSync(root).filter((name) => !name.endsWith('.py')))(
  'sums and ledgers of %s are those of PyTorch in float64',
  (name) => {
    const folder = resolve(root, name);
    const expected: Expected = JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8'));
    const file = expected.files.find(({ role }) => role === 'weights' || role === 'model')!;
    const config = expected.files.find(({ role }) => role === 'config');
    const array = readNpy(new Uint8Array(readFileSync(join(folder, 'input.npy'))), 'input.npy');

    test.each(['plain', 'frozen'] as const)('%s statistics', async (statistics) => {
      const at = (path: string) => ({ url: fileUrl(join(folder, path)), label: path });
      const { url, label } = at(file.path);
      const beside = config && { config: at(config.path) };
      const source = {
        kind: 'url',
        id: name,
        url,
        label,
        inputShape: array.shape,
        ...beside,
      } as const;
      const info = await engine.loadModel(source);
      const input = arranged(toFloat32(array.data), info.inputDeclared);
      const suffix = statistics === 'frozen' ? '_frozen' : '';
      for (const target of expected.targets) {
        const cuts = expected.cuts.filter((cut) => `${cut.id}/${target.id}` in expected.ledger);
        const answer = await engine.explain({
          model: name,
          input,
          inputShape: info.inputShape,
          inputKey: 'volume',
          layers: cuts.map(({ id }) => id),
          classes: [target.index ?? 0],
          methods: METHODS,
          target: targetOf(target),
          statistics,
        });
        if (target.voxels !== undefined)
          expect(answer.target.voxels?.[target.index ?? 0]).toBe(target.voxels);
        for (const [i, cut] of cuts.entries()) {
          const key = `${cut.id}/${target.id}`;
          const { name: called, shape, channels, classes, ledger } = answer.layers[i];
          expect([called, ...shape, channels]).toEqual([cut.id, ...cut.shape]);
          const voxels = shape.reduce((a, b) => a * b, 1);
          for (const method of METHODS) {
            const tolerance = expected.tolerance[key][`${method}${suffix}`];
            if (tolerance === undefined) continue;
            const off = classes[0].methods[method]!.sum - expected.sums[key][`${method}${suffix}`];
            expect(Math.abs(off), `${method} of ${key}`).toBeLessThan(
              tolerance * Math.sqrt(voxels),
            );
          }
          const wanted = expected.ledger[key];
          if (statistics === 'plain' || !wanted.exact) continue;
          const parts = ['score', 'cam', 'bias', 'bypass'] as const;
          const scale = Math.max(...parts.map((part) => Math.abs(wanted[part])));
          for (const part of parts)
            expect(Math.abs(ledger[0][part] - wanted[part]), `${part} of ${key}`).toBeLessThan(
              1e-4 * scale,
            );
          expect(Math.abs(ledger[0].residual), `residual of ${key}`).toBeLessThan(1e-5 * scale);
        }
      }
      await engine.unloadModel(name);
    });
  },
);
