import { expect, it } from 'vitest';
import { average, conv, dense, pool, testGraph, type TestLayer } from '../testing/networks.ts';
import { averagesEndAt } from './averages.ts';

function endAt(layer: string, ...layers: TestLayer[]): string | null {
  const graph = testGraph([6, 6, 6, 1], (net, input) => net.chain(input, ...layers));
  const target = graph.nodes.findIndex(({ name }) => name === layer);
  return averagesEndAt(graph, target)?.name ?? null;
}

const last = conv(4, { activation: 'relu', name: 'last' });
const flatten: TestLayer = ['Flatten', {}];

it.each<[string, string | null, ...TestLayer[]]>([
  ['averages and a dense layer', null, last, average(), dense(3)],
  [
    'sums in a pooling window as large as the map',
    null,
    last,
    averagePool('whole', 6),
    flatten,
    dense(3),
  ],
  ['two linear layers', null, last, average(), dense(5), dense(3)],
  ['a smaller window', 'part', last, averagePool('part', 3), flatten, dense(3)],
  ['a hidden layer with a ReLU', 'hidden', last, average(), hidden(), dense(3)],
  ['a pooling between', 'pool', last, pool({ name: 'pool' }), average(), dense(3)],
  ['a flattened map', 'flat', last, ['Flatten', { name: 'flat' }], dense(3)],
])('%s', (_, wanted, ...layers) => {
  const found = endAt('last', ...layers);
  if (wanted === null) expect(found).toBeNull();
  else expect(found).toContain(wanted);
});

function averagePool(name: string, edge: number): TestLayer {
  return ['AveragePooling3D', { name, pool_size: [edge, edge, edge], strides: [1, 1, 1] }];
}

function hidden(): TestLayer {
  return dense(5, { activation: 'relu', name: 'hidden' });
}
