import { beforeAll, describe, expect, it } from 'vitest';
import { openNetwork } from '../../model/open.ts';
import { openSource } from '../../model/source.ts';
import { createNodeEngine } from '../../node.ts';
import { readFileUrl } from '../../node-files.ts';
import { evaluate } from '../../testing/evaluate.ts';

const text = (value: string) => ({ s: btoa(value) });
const list = (...i: number[]) => ({ list: { i: i.map(String) } });
const node = (name: string, op: string, input: string[] = [], attr: object = {}) => ({
  ...{ name, op, input, attr },
});

const WEIGHTS: readonly [name: string, shape: number[], dtype: string, values: number[]][] = [
  ['kernel', [1, 2, 1, 2], 'float32', [1, 10, 2, 20]],
  ['bias', [2], 'float32', [0, -100]],
  ['each', [1, 1, 2, 1], 'float32', [3, 0.5]],
  ['axes', [2], 'int32', [1, 2]],
  ['dense', [2, 1], 'float32', [1, 1]],
];

/** A fused convolution padded as TensorFlow does, a depthwise one by a variable's identity, means, a product. */
function files(changed: (nodes: object[]) => object[] = (nodes) => nodes) {
  const shape = { shape: { dim: [{ size: '-1' }, { size: '1' }, { size: '4' }, { size: '1' }] } };
  const window = { strides: list(1, 1, 2, 1), padding: text('SAME'), data_format: text('NHWC') };
  const fused = { list: { s: [btoa('BiasAdd'), btoa('Relu')] } };
  const nodes = [
    ...WEIGHTS.map(([name]) => node(name, 'Const')),
    node('x', 'Placeholder', [], { shape }),
    node('c', '_FusedConv2D', ['x', 'kernel', 'bias'], { ...window, fused_ops: fused }),
    node('variable', 'Identity', ['each']),
    node('d', 'DepthwiseConv2dNative', ['c:0', 'variable', '^c'], {
      ...{ strides: list(1, 1, 1, 1), padding: text('VALID') },
    }),
    node('m', 'Mean', ['d', 'axes'], { keep_dims: { b: false } }),
    node('y', 'MatMul', ['m', 'dense']),
  ];
  const weights = WEIGHTS.map(([name, own, dtype]) => ({ name, shape: own, dtype }));
  const json = JSON.stringify({
    format: 'graph-model',
    signature: { outputs: { y: { name: 'y:0' } } },
    modelTopology: { node: changed(nodes) },
    weightsManifest: [{ paths: ['weights.bin'], weights }],
  });
  const data = WEIGHTS.map(([, , dtype, values]) =>
    dtype === 'int32' ? Int32Array.from(values) : Float32Array.from(values),
  );
  const bytes = data.flatMap(({ buffer }) => [...new Uint8Array(buffer)]);
  return [
    { name: 'model.json', bytes: new TextEncoder().encode(json).buffer },
    { name: 'weights.bin', bytes: Uint8Array.from(bytes).buffer },
  ];
}

const open = (given = files()) =>
  openNetwork(openSource({ kind: 'files', id: 'n', files: given } as never, readFileUrl), {}, {});

beforeAll(async () => {
  await createNodeEngine().selectBackend('wasm');
});

describe('a graph model of TensorFlow.js', () => {
  it('computes what TensorFlow does, with its layers under their names', async () => {
    const { graph, origin } = await open();
    expect(origin).toBe('TensorFlow.js graph model');
    const layer = graph.nodes.find(({ name }) => name === 'd');
    expect(layer).toMatchObject({ op: 'conv', shape: [1, 2, 2] });
    // Windows [1, 2] and [3, 4]: 5, 11 and, ten times that less 100, 0, 10.
    const { values } = evaluate(graph, Float32Array.of(1, 2, 3, 4));
    expect([...values]).toEqual([3 * 8 + 0.5 * 5]);
  });

  it('names all operators that are not known', async () => {
    const odd = (nodes: object[]) => [
      ...nodes.filter((one) => (one as { name: string }).name !== 'y'),
      node('z', 'NonMaxSuppressionV3', ['m']),
      node('y', 'Bucketize', ['z']),
    ];
    await expect(open(files(odd))).rejects.toThrow(
      /model\.json: not supported: NonMaxSuppressionV3 \(z\), Bucketize \(y\); accepted: frozen/,
    );
  });
});
