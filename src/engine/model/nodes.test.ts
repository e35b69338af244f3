import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { boxesOf, type NetworkNode } from '../../core/network/index.ts';
import { fileUrl, createNodeEngine } from '../node.ts';

const FIXTURES = fileURLToPath(new URL('../../../fixtures/', import.meta.url));

async function nodesOf(path: string): Promise<readonly NetworkNode[]> {
  const engine = createNodeEngine();
  await engine.selectBackend('cpu');
  const { nodes } = await engine.loadModel({
    kind: 'url',
    id: path,
    url: fileUrl(FIXTURES + path),
  });
  await engine.dispose();
  return nodes;
}

const inputsOf = (nodes: readonly NetworkNode[], name: string) =>
  nodes.find((node) => node.name === name)?.inputs.map((input) => nodes[input].name);

describe('the nodes of a network', () => {
  it.each([
    ['tfjs', 'cam/residual_batchnorm/tfjs/model.json', 'add', ['bn2', 'skip']],
    [
      'ONNX',
      'import/onnx/monai_unet_prelu/model.onnx',
      '/net/Concat_1_output_0',
      ['/net/d0/Add_output_0', '/net/u1/u1.2/PRelu_output_0'],
    ],
    ['Keras', 'import/keras/k2_inception3d/model.keras', null, null],
    [
      'a checkpoint',
      'checkpoints/nnunet_resenc/fold_0/checkpoint_final.pth',
      'decoder.stages.1 (cat)',
      ['decoder.transpconvs.1', 'encoder.stages.0'],
    ],
  ])('%s: have the names of the file, and edges to earlier ones', async (_, path, name, inputs) => {
    const nodes = await nodesOf(path);
    expect(new Set(nodes.map((node) => node.name)).size).toBe(nodes.length);
    for (const [id, node] of nodes.entries())
      expect(node.inputs.every((input) => input < id)).toBe(true);
    expect(nodes.filter((node) => node.inputs.length === 0)).toHaveLength(1);
    if (name) expect(inputsOf(nodes, name)).toEqual(inputs);
    expect(structuredClone(nodes)).toEqual(nodes);
  });

  it('count the weights of a layer with its activation and bias', async () => {
    const nodes = await nodesOf('cam/tiny_cnn2/tfjs/model.json');
    const conv = nodes.find(({ kind }) => kind === 'Conv3D')!;
    const [input] = conv.inputs;
    const channels = nodes[input].shape[3];
    expect(conv.parameters).toBe(27 * channels * conv.shape[3] + conv.shape[3]);
    expect(boxesOf(nodes, { unfolded: new Set(), all: true })).toHaveLength(nodes.length);
  });

  it('are said to be computed in another form', async () => {
    const engine = createNodeEngine();
    await engine.selectBackend('cpu');
    const rewritten = async (path: string) => {
      const source = { kind: 'url', id: path, url: fileUrl(FIXTURES + path) } as const;
      return (await engine.loadModel(source)).rewritten;
    };
    expect(await rewritten('cam/residual_batchnorm/tfjs/model.json')).toEqual([
      '3 batch norms are a scale and a shift by their stored statistics',
    ]);
    expect((await rewritten('import/onnx/convnext2d/legacy13.onnx')).join()).toMatch(
      /norms that are spelled out .*values that no output needs/,
    );
    await engine.dispose();
  });

  it('leave out what no output needs', async () => {
    // A layer norm that is spelled out: what it is recognised by is not computed.
    const nodes = await nodesOf('import/onnx/convnext2d/legacy13.onnx');
    const kinds = nodes.map(({ kind }) => kind);
    expect(kinds).not.toContain('Sqrt');
  });
});
