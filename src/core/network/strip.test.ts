import { expect, it } from 'vitest';
import { stripLayers } from './strip.ts';

const names = (layers: readonly { name: string }[]) => layers.map(({ name }) => name);

it('shows convolutions, poolings and the input, and what is asked for', () => {
  const layers = [
    { name: 'input', kind: 'InputLayer' },
    { name: 'a', kind: 'Conv3D' },
    { name: 'norm', kind: 'BatchNormalization' },
    { name: 'relu', kind: 'ReLU' },
    { name: 'b', kind: 'MaxPool' },
  ];
  expect(names(stripLayers(layers, []))).toEqual(['input', 'a', 'b']);
  expect(names(stripLayers(layers, ['norm']))).toEqual(['input', 'a', 'norm', 'b']);
});

it('spreads over a deep network, the ends and what is asked for among it', () => {
  const layers = Array.from({ length: 100 }, (_, i) => ({ name: `c${i}`, kind: 'Conv' }));
  const shown = names(stripLayers(layers, ['c41', 'c98']));
  expect(shown).toHaveLength(24);
  expect([shown[0], shown.at(-1)]).toEqual(['c0', 'c99']);
  expect(shown).toContain('c41');
  expect(shown).toContain('c98');
});

it('shows all layers of a network that has no convolutions', () => {
  const layers = ['q', 'k', 'v'].map((name) => ({ name, kind: 'MatMul' }));
  expect(names(stripLayers(layers, ['k']))).toEqual(['q', 'k', 'v']);
});
