import { expect, it } from 'vitest';
import { differencePanel, mapPanel } from '../../core/session/index.ts';
import { ownWords } from './ownWords.ts';

it('says what panels have of their own where none has the map that the top asks for', () => {
  const layers = [
    mapPanel('p1', 'respond', { layer: 'conv1' }),
    mapPanel('p2', 'respond', { layer: 'conv2' }),
  ];
  expect(ownWords([...layers, differencePanel('p3', ['p1', 'p2'])])).toBe(
    'Each panel has a layer of its own.',
  );
  const both = mapPanel('p1', 'grad', { network: 'cnn-2', volume: 'b', classIndex: 3 });
  expect(ownWords([both])).toBe('Each panel has a volume and a network of its own.');
});
