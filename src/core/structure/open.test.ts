import { gzipSync, strToU8, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { writeMrc } from '../mrc/index.ts';
import { writeNpy } from '../npy/index.ts';
import { openStructure } from './index.ts';
import { atom } from './test-records.ts';

const PDB = strToU8(`${atom({}, [0, 0, 0])}\n`);
const CUBE = new Float32Array(512).fill(1);
const MRC = writeMrc({ data: CUBE, shape: [8, 8, 8], voxelSize: [2, 2, 2], origin: [0, 0, 0] });
/** 8 x 8 x 8 floats of 1, as the EM program writes them. */
const EM = new Uint8Array(512 + 4 * 512);
EM.set([6, 0, 0, 5, 8, 0, 0, 0, 8, 0, 0, 0, 8]);
EM.set(new Uint8Array(CUBE.buffer), 512);

describe('a structure file', () => {
  it.each(['map', 'map.mrcs', 'map.pdb', 'map.cif', 'x'])(
    'is a density map by its content: %s',
    (name) => {
      for (const bytes of [MRC, gzipSync(MRC), writeNpy(CUBE, [8, 8, 8])]) {
        const opened = openStructure(bytes, name);
        expect(opened.kind === 'map' && opened.map.report.kind).toBe('volume');
      }
    },
  );

  it.each(['em', 'npz'])('is a density map in every format of volumes: %s', (format) => {
    const bytes = format === 'em' ? EM : zipSync({ 'map.npy': writeNpy(CUBE, [8, 8, 8]) });
    for (const name of ['x', 'x.pdb']) {
      const opened = openStructure(bytes, name);
      expect(opened.kind === 'map' && opened.map.report.format).toBe(format);
    }
  });

  it('takes the voxel size of a map from the user', () => {
    const bytes = writeNpy(CUBE, [8, 8, 8]);
    const known = (options = {}) => {
      const opened = openStructure(bytes, 'x.npy', options);
      return opened.kind === 'map' && opened.map.volume;
    };
    expect(known()).toMatchObject({ voxelSizeKnown: false });
    expect(known({ mapVoxelSize: 3 })).toMatchObject({
      voxelSizeKnown: true,
      voxelSize: [3, 3, 3],
    });
  });

  it.each(['x.map', 'x.mrc', 'x.cif', 'x'])('is coordinates by its content: %s', (name) => {
    for (const bytes of [PDB, gzipSync(PDB)]) expect(openStructure(bytes, name).kind).toBe('atoms');
  });

  const tar = new Uint8Array(1024);
  tar.set(strToU8('a.pdb'), 0);
  tar.set(strToU8('ustar'), 257);
  const others: [string, Uint8Array | readonly number[] | string][] = [
    ['a ZIP archive', [0x50, 0x4b, 3, 4, ...new Uint8Array(60)]],
    ['a 7z archive', [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c]],
    ['a tar archive', tar],
    ['an HDF5 file', [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a]],
    ['a PNG image', [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]],
    ['a web page \\(HTML\\)', '\n<!DOCTYPE html>\n<html><title>404</title></html>'],
    ['a Git LFS pointer', 'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n'],
    ['a git-annex pointer', '/annex/objects/MD5E-s1--0.pdb'],
    ['a PDBML file', '<?xml version="1.0"?>\n<PDBx:datablock datablockName="1ABC">'],
    ['an XML file', '<?xml version="1.0"?><svg/>'],
    ['a JSON file', '{"a": 1}'],
    ['a mol2 file', '# x\n@<TRIPOS>MOLECULE\n'],
    ['an MMTF file', [0x83, 0xab, ...strToU8('mmtfVersion'), 0xa5, ...strToU8('1.0.0')]],
    ['text in UTF-16', [0xff, 0xfe, 0x41, 0, 0x54, 0]],
  ];
  it.each(others)('is named when it is %s', (what, content) => {
    const bytes = typeof content === 'string' ? strToU8(content) : Uint8Array.from(content);
    const message = new RegExp(`^x\\.pdb: this is ${what}.*, not a structure; accepted: PDB`);
    expect(() => openStructure(bytes, 'x.pdb')).toThrow(message);
    expect(() => openStructure(gzipSync(bytes), 'x.pdb')).toThrow(message);
  });

  it('is refused when it is empty or nothing known', () => {
    expect(() => openStructure(new Uint8Array(0), 'x.pdb')).toThrow(/the file is empty/);
    expect(() => openStructure(new Uint8Array(9), 'x.pdb')).toThrow(
      /neither coordinates nor a density map/,
    );
    expect(() => openStructure(strToU8('hello\n'), 'x.pdb')).toThrow(/x\.pdb: holds no atoms/);
  });
});
