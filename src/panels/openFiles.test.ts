import { describe, expect, it } from 'vitest';
import { sortFiles } from './openFiles.ts';

describe('sorting dropped files', () => {
  it('distinguishes a network from volumes by name and skips hidden files', () => {
    const files = [
      'a.mrc',
      'model.json',
      'group1-shard1of2.bin',
      'group1-shard2of2',
      '.DS_Store',
      'b.map.gz',
    ];
    const { volumes, network } = sortFiles(files.map((name) => new File([], name)));
    expect(volumes.map(({ name }) => name)).toEqual(['a.mrc', 'b.map.gz']);
    expect(network.map(({ name }) => name)).toEqual([
      'model.json',
      'group1-shard1of2.bin',
      'group1-shard2of2',
    ]);
  });
});
