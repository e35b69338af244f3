import { afterEach, describe, expect, it, vi } from 'vitest';
import { measureDensity } from '../src/core/structure/index.ts';
import { templateFrom } from './structure.ts';

const GRID = { voxelSize: 10, resolution: 40, box: 24 };

const CIF = `data_1ABC
loop_
_atom_site.type_symbol
_atom_site.label_asym_id
_atom_site.Cartn_x
_atom_site.Cartn_y
_atom_site.Cartn_z
C A 0.0 0.0 0.0
O A 30.0 0.0 0.0
`;

afterEach(() => void vi.unstubAllGlobals());

describe('a structure by its PDB id', () => {
  it('comes from the archive as mmCIF', async () => {
    const asked: string[] = [];
    vi.stubGlobal('fetch', async (url: string) => {
      asked.push(url);
      return new Response(CIF);
    });
    const { template } = await templateFrom('1abc', GRID);
    const { id, volume } = template;
    expect(asked).toEqual(['https://files.rcsb.org/download/1ABC.cif.gz']);
    expect(id).toBe('1abc');
    expect(measureDensity(volume).electrons).toBeCloseTo(14, 2);
  });

  it.each([
    [
      'the network is down',
      async () => Promise.reject(new TypeError('fetch failed')),
      /PDB entry 1abc: .*1ABC\.cif\.gz cannot be reached \(fetch failed\); accepted: .* a file$/,
    ],
    [
      'there is no such entry',
      async () => new Response('', { status: 404 }),
      /PDB entry 1abc: there is no such entry; accepted: /,
    ],
    [
      'the archive is ill',
      async () => new Response('', { status: 503 }),
      /PDB entry 1abc: .* answered 503; accepted: /,
    ],
    [
      'the entry holds no atoms',
      async () => new Response('data_1ABC\n_atom_site.id 1\n'),
      /1abc: holds no atoms/,
    ],
  ])('says when %s', async (_, answer, message) => {
    vi.stubGlobal('fetch', answer);
    await expect(templateFrom('1abc', GRID)).rejects.toThrow(message);
  });
});
