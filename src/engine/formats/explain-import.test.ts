import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CamMethod } from '../../core/cam/index.ts';
import { readNpy } from '../../core/npy/index.ts';
import { toFloat32 } from '../../core/volume/index.ts';
import { createNodeEngine, fileUrl } from '../node.ts';
import type { Declared, ModelSource, Target } from '../types.ts';

/** What PyTorch's autograd in float64 says, see the README of the fixtures. */
interface Expected {
  readonly main: string;
  readonly outputs: readonly string[];
  readonly targets: readonly {
    readonly id: string;
    readonly kind: 'class' | 'feature' | 'regression' | 'segmentation';
    readonly index: number;
    readonly output: string;
    readonly voxels?: number;
  }[];
  readonly cuts: readonly {
    readonly id: string;
    readonly shape: readonly number[];
    readonly degenerate?: boolean;
  }[];
  readonly files: readonly {
    readonly path: string;
    readonly weights?: string;
    readonly outputs?: readonly string[];
    readonly tensors?: Readonly<Record<string, { readonly tensor: string } | null>>;
  }[];
  readonly index: readonly {
    readonly key: string;
    readonly shape: readonly number[];
    readonly offset: number;
  }[];
  readonly ledger: Readonly<
    Record<string, Record<'score' | 'cam' | 'bias' | 'bypass', number> & { exact: boolean }>
  >;
  readonly tolerance: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

const root = 'fixtures/import';
const METHODS: readonly CamMethod[] = ['respond', 'grad', 'hirescam'];
const engine = createNodeEngine();
beforeAll(() => engine.selectBackend('wasm'));
afterAll(() => engine.dispose());

/** The array with the channels last, as the engine takes it. */
function arranged(data: Float32Array, { layout, shape }: Declared): Float32Array {
  if (layout !== 'channels-first') return data;
  const [channels] = shape;
  const voxels = data.length / channels;
  return Float32Array.from(
    data,
    (_, i) => data[(i % channels) * voxels + Math.floor(i / channels)],
  );
}

function targetOf(kind: Expected['targets'][number]['kind']): Target {
  if (kind === 'segmentation') return { kind, region: { kind: 'predicted' } };
  return { kind: kind === 'class' ? 'class' : 'value' };
}

for (const format of readdirSync(root).filter((name) => !name.endsWith('.md'))) {
  describe(`maps and ledgers of ${format} networks are those of PyTorch in float64`, () => {
    for (const name of readdirSync(join(root, format))) {
      test(name, async () => {
        const folder = resolve(root, format, name);
        const expected: Expected = JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8'));
        const stored = readFileSync(join(folder, 'expected.f32'));
        const numbers = new Float32Array(stored.buffer.slice(stored.byteOffset));
        const [file] = expected.files;
        const array = readNpy(new Uint8Array(readFileSync(join(folder, 'input.npy'))), 'input.npy');
        const at = (path: string) => fileUrl(join(folder, path));
        const source: ModelSource = {
          kind: 'url',
          id: name,
          url: at(file.path),
          inputShape: array.shape,
          ...(file.weights && { weights: { url: at(file.weights), label: file.weights } }),
        };
        const info = await engine.loadModel(source);
        const input = arranged(toFloat32(array.data), info.inputDeclared);
        const tensorOf = (id: string) => (file.tensors ? file.tensors[id]?.tensor : id);
        const outputs = file.outputs ?? expected.outputs;
        let compared = 0;
        for (const { id, kind, index, output, voxels } of expected.targets) {
          const cuts = expected.cuts.filter((cut) => `${cut.id}/${id}` in expected.ledger);
          const place = expected.outputs.indexOf(output);
          const answer = await engine.explain({
            model: name,
            input,
            inputShape: info.inputShape,
            inputKey: 'volume',
            layers: cuts.map((cut) => tensorOf(cut.id) as string),
            classes: [index],
            methods: METHODS,
            ...((output !== expected.main || place !== 0) && {
              output: place >= 0 ? outputs[place] : tensorOf(output),
            }),
            target: targetOf(kind),
            statistics: 'plain',
          });
          if (voxels !== undefined) expect(answer.target.voxels?.[index]).toBe(voxels);
          for (const [i, cut] of cuts.entries()) {
            const key = `${cut.id}/${id}`;
            const layer = answer.layers[i];
            expect([...layer.shape, layer.channels]).toEqual(cut.shape);
            if (cut.degenerate) expect(layer.kappa.max).toBeGreaterThan(1e4);
            for (const [method, tolerance] of Object.entries(expected.tolerance[key])) {
              const entry = expected.index.find((one) => one.key === `${method}/${key}`)!;
              const { data } = layer.classes[0].methods[method as CamMethod]!;
              const worst = data.reduce(
                (most, value, v) => Math.max(most, Math.abs(value - numbers[entry.offset + v])),
                0,
              );
              expect(worst, `${method}/${key}`).toBeLessThan(tolerance);
              compared++;
            }
            const wanted = expected.ledger[key];
            if (!wanted.exact) continue;
            const [row] = layer.ledger;
            const scale = Math.max(
              ...[wanted.score, wanted.cam, wanted.bias, wanted.bypass].map(Math.abs),
            );
            for (const part of ['score', 'cam', 'bias', 'bypass'] as const)
              expect(Math.abs(row[part] - wanted[part]), `${part} of ${key}`).toBeLessThan(
                1e-4 * scale,
              );
            expect(Math.abs(row.residual)).toBeLessThan(1e-4 * scale);
          }
        }
        expect(compared).toBeGreaterThan(0);
        await engine.unloadModel(name);
      });
    }
  });
}
