import { describe, expect, it } from 'vitest';
import { GraphBuilder } from './builder.ts';
import { scoreGraph } from './scores.ts';

const declared = { kind: 'Test' };

/** A dense layer of 6 units, then what `tail` adds; returns the graph. */
function network(tail: (graph: GraphBuilder, logits: number) => number) {
  const graph = new GraphBuilder('model.json', 'net');
  const x = graph.input('x', [4], declared);
  const kernel = graph.constant('kernel', [4, 6], () => new Float32Array(24));
  const logits = graph.add(
    'dense',
    {},
    { kernel },
    {
      ...{ name: 'fc (before activation)', inputs: [x], partOf: 'fc', declared },
    },
  );
  graph.output('y', tail(graph, logits));
  graph.output('x', x);
  return graph.finish();
}

const node = (name: string, ...inputs: number[]) => ({ name, inputs, declared });

describe('the scores of a network', () => {
  it.each(['softmax', 'logSoftmax'] as const)('are what its last %s takes', (activation) => {
    const log = activation === 'logSoftmax';
    const graph = network((g, x) => g.add('softmax', { axis: 0, log }, {}, node('fc', x)));
    const scores = scoreGraph(graph);
    expect(scores.activation).toBe(activation);
    expect(scores.nodes.map(({ name }) => name)).toEqual(['x', 'fc']);
    expect(scores.nodes[scores.scores]).toMatchObject({ op: 'dense', partOf: null });
  });

  it('are found behind what only rearranges, which stays', () => {
    const graph = network((g, x) => {
      const square = g.add('reshape', { shape: [2, 3] }, {}, node('square', x));
      const turned = g.add('transpose', { permutation: [1, 0] }, {}, node('turned', square));
      const softmax = g.add('softmax', { axis: 1, log: false }, {}, node('p', turned));
      const back = g.add('transpose', { permutation: [1, 0] }, {}, node('back', softmax));
      return g.add('identity', {}, {}, node('dropout', back));
    });
    const scores = scoreGraph(graph);
    expect(scores.activation).toBe('softmax');
    expect(scores.nodes.map(({ name }) => name)).toEqual([
      ...['x', 'fc (before activation)', 'square', 'turned', 'back', 'dropout'],
    ]);
    expect(scores.nodes.at(-1)?.shape).toEqual([2, 3]);
    expect(scoreGraph(graph, 'y', true).activation).toBeNull();
  });

  it('of an inner softmax stay as they are', () => {
    const graph = network((g, x) => {
      const p = g.add('softmax', { axis: 0, log: false }, {}, node('attention', x));
      return g.add('arithmetic', { kind: 'multiply' }, {}, node('gated', x, p));
    });
    expect(scoreGraph(graph).activation).toBeNull();
    expect(scoreGraph(graph, 'attention').activation).toBe('softmax');
    expect(() => scoreGraph(graph, 'fc (before activation)')).toThrow(/unknown output/);
  });
});

describe('a network that does not fit together', () => {
  const builder = () => new GraphBuilder('model.onnx', 'net');

  it('names the file, the node and both shapes', () => {
    const graph = builder();
    const x = graph.input('x', [4], declared);
    const kernel = graph.constant('w', [5, 2], () => new Float32Array(10));
    expect(() => graph.add('dense', {}, { kernel }, node('fc', x))).toThrow(
      'model.onnx: fc (Test) does not fit together: a kernel [5,2] for an input of shape [4]; accepted: networks whose shapes agree',
    );
  });

  it('is refused for absurd sizes, names that occur twice and no output', () => {
    const graph = builder();
    expect(() => graph.input('x', [0, 2], declared)).toThrow(/shape \[0,2\]/);
    const x = graph.input('x', [2 ** 16, 2 ** 15], declared);
    expect(() => graph.input('x', [1], declared)).toThrow(/two of its values are called x/);
    expect(() => graph.add('concat', { axis: 0 }, {}, node('y', x, x))).toThrow(/at most/);
    expect(() => graph.finish()).toThrow(/no output/);
    expect(graph.unique('x')).toBe('x:1');
  });
});
