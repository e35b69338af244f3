import { expect, it } from 'vitest';
import { mapPanel } from '../core/session/index.ts';
import type { Column } from '../state/index.ts';
import { columnNames, differingParts } from './columnNames.ts';

it('leaves out what all names share', () => {
  expect(differingParts(['CNN-1, SNR 0.1', 'CNN-2, SNR 0.1'])).toEqual(['CNN-1', 'CNN-2']);
  expect(differingParts(['GroEL, SNR 0.1', 'GroEL, noise-free'])).toEqual([
    'SNR 0.1',
    'noise-free',
  ]);
  expect(differingParts(['a.mrc', 'a.mrc'])).toEqual(['a.mrc', 'a.mrc']);
});

const column = (id: string, title: string, layer: string, classIndex = 0) =>
  ({
    ...{ id, panel: mapPanel(id, 'respond') },
    shown: { method: 'respond', layer, classIndex },
    answer: { item: { name: 'a.mrc' }, model: { title, classes: ['GroEL (1MNF)'] } },
  }) as unknown as Column;

it('calls columns of the same method by what they differ in, else by their place', () => {
  const input = { id: 'input', panel: null, shown: null, answer: null } as unknown as Column;
  const names = (...columns: Column[]) => [...columnNames([input, ...columns]).values()];
  expect(names(column('p1', 'CNN-1', 'conv1'))).toEqual(['Input', 'Respond-CAM']);
  expect(names(column('p1', 'CNN-1', 'conv1'), column('p2', 'CNN-2', 'conv1', 1))).toEqual([
    'Input',
    'Respond-CAM, CNN-1, GroEL',
    'Respond-CAM, CNN-2, class 2',
  ]);
  expect(names(column('p1', 'CNN-1', 'conv1'), column('p2', 'CNN-1', 'conv1')).slice(1)).toEqual([
    'Respond-CAM, panel 1',
    'Respond-CAM, panel 2',
  ]);
});
