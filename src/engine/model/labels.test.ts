import { describe, expect, it } from 'vitest';
import { fittingLabels, readLabels } from './labels.ts';
import type { ModelFiles } from './source.ts';

function read(label: string, text: string) {
  const file = { label, read: async () => new TextEncoder().encode(text) };
  return readLabels({ labels: { given: true, files: [file] } } as unknown as ModelFiles, {});
}

describe('names of classes', () => {
  it.each([
    ['labels.txt', 'owl\r\ncat, tabby\n\n'],
    ['labels.json', '["owl", "cat, tabby"]'],
    ['labels.json', '{"1": "cat, tabby", "0": "owl"}'],
    ['class_index.json', '{"0": ["n1", "owl"], "1": ["n2", "cat, tabby"]}'],
    ['labels.json', '{"id2label": {"0": "owl", "1": "cat, tabby"}}'],
    ['dataset.json', '{"labels": {"cat, tabby": 1, "owl": 0, "ignore": 2}}'],
    ['dataset.json', '{"labels": {"background": 0, "owl": [1, 2], "cat, tabby": 2}}'],
  ])('are read from %s: %s', async (name, text) => {
    expect((await read(name, text))?.names).toEqual(['owl', 'cat, tabby']);
  });

  it('that occur twice are distinguished', async () => {
    expect((await read('labels.txt', 'crane\nheron\ncrane'))?.names).toEqual([
      'crane',
      'heron',
      'crane (2)',
    ]);
  });

  it.each([
    ['labels.json', '{"0": "owl", "2": "cat"}', /labels.json: it holds no list of names; accepted/],
    ['labels.json', '["owl", 1]', /no list of names/],
    ['dataset.json', '{"labels": {"owl": 0, "cat": 2}}', /no list of names/],
    ['labels.json', '{', /labels.json: /],
    ['labels.txt', 'owl\n\ncat', /name 2 is empty/],
    ['labels.txt', '', /name 1 is empty/],
  ])('are refused in a sentence: %s %s', async (name, text, message) => {
    await expect(read(name, text)).rejects.toThrow(message);
  });

  it('of another number are refused where the file was named, and left aside else', () => {
    const labels = { names: ['owl', 'cat'], file: 'labels.txt', given: true };
    expect(fittingLabels(labels, 2)).toEqual({ names: ['owl', 'cat'], notes: [] });
    expect(() => fittingLabels(labels, 3)).toThrow(
      'labels.txt: it has 2 names, but the network has 3 scores; accepted: one name per score',
    );
    const { names, notes } = fittingLabels({ ...labels, given: false }, 1);
    expect([names, notes]).toEqual([
      null,
      ['labels.txt was left aside: it has 2 names, but the network has 1 score.'],
    ]);
  });
});
