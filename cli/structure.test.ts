import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { writeNpy } from '../src/core/npy/index.ts';
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

/** A map of 12 x 12 x 12 voxels, a bright cube in its middle. */
function cube(): Float32Array {
  return Float32Array.from({ length: 12 ** 3 }, (_, i) => {
    const at = [i % 12, Math.floor(i / 12) % 12, Math.floor(i / 144)];
    return at.every((v) => v >= 4 && v < 8) ? 1 : 0;
  });
}

describe('a density map of unknown voxel size', () => {
  const folder = mkdtempSync(join(tmpdir(), 'respond-cam-structure-'));
  const path = join(folder, 'a.npy');
  writeFileSync(path, writeNpy(cube(), [12, 12, 12]));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('is not guessed', async () => {
    await expect(templateFrom(path, GRID)).rejects.toThrow(
      /a\.npy: the file does not say the voxel size of the map; accepted: --map-voxel-size/,
    );
    const { template, report } = await templateFrom(path, { ...GRID, mapVoxelSize: 8 });
    expect(report).toMatchObject({ format: 'npy', voxelSize: [8, 8, 8] });
    expect(template.id).toBe('a');
  });

  it('takes no flags of coordinates, and the other way round', async () => {
    await expect(templateFrom(path, { ...GRID, mapVoxelSize: 8, assembly: '1' })).rejects.toThrow(
      /a\.npy: the file holds a density map; accepted: no --assembly with it/,
    );
    vi.stubGlobal('fetch', async () => new Response(CIF));
    await expect(templateFrom('1abc', { ...GRID, threshold: 1 })).rejects.toThrow(
      /1abc: the file holds coordinates; accepted: no --threshold with it/,
    );
  });
});

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
