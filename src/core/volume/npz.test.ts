import { zipSync } from 'fflate';
import { expect, test } from 'vitest';
import { writeNpy } from '../npy/index.ts';
import { openVolumeFile, volumeOf } from './index.ts';

const ramp = (from: number): Float32Array => Float32Array.from({ length: 24 }, (_, i) => from + i);

test.each([0, 6] as const)('a .npz (level %i) is a set of its volumes', (level) => {
  const bytes = zipSync(
    {
      'label.npy': writeNpy(Int32Array.from([1, 2]), [2]),
      'mask.npy': writeNpy(ramp(0).subarray(0, 12), [3, 4]),
      'a.npy': writeNpy(ramp(0), [2, 3, 4]),
      'b.npy': writeNpy(ramp(100), [2, 3, 4]),
      'other.npy': writeNpy(ramp(0), [3, 2, 4]),
    },
    { level },
  );
  const file = openVolumeFile(bytes, 'set.npz');
  expect(file.report).toMatchObject({
    format: 'npz',
    kind: 'volume-stack',
    volumes: 2,
    sections: 4,
  });
  expect(volumeOf(file, 1).data[0]).toBe(100);
  const left = file.report.findings.find(({ code }) => code === 'arrays-left-out');
  expect(left?.message).toMatch(/label, mask, other/);
});

test('damage is found by the checksum, and what holds no volume is refused', () => {
  const bytes = zipSync({ 'a.npy': writeNpy(ramp(0), [2, 3, 4]) }, { level: 0 });
  const damaged = bytes.slice();
  damaged[170] ^= 1;
  expect(() => openVolumeFile(damaged, 'a.npz')).toThrow(/checksum/);
  expect(() => openVolumeFile(bytes.subarray(0, 200), 'a.npz')).toThrow(/damaged or cut off/);
  const labels = zipSync({ 'label.npy': writeNpy(Int32Array.from([1, 2]), [2]) });
  expect(() => openVolumeFile(labels, 'a.npz')).toThrow(/\(label\) is a volume/);
  expect(() => openVolumeFile(zipSync({ 'a.txt': ramp(0) as never }), 'a.zip')).toThrow(
    /a ZIP archive/,
  );
});

test('an archive that claims gigabytes is refused before it is unpacked', () => {
  const bytes = zipSync({ 'a.npy': writeNpy(ramp(0), [2, 3, 4]) });
  const view = new DataView(bytes.buffer);
  const at = Buffer.from(bytes).indexOf(Buffer.from([0x50, 0x4b, 1, 2]));
  view.setUint32(at + 24, 1.9e9, true);
  expect(() => openVolumeFile(bytes, 'a.npz')).toThrow(/would unpack to 1900000000/);
});
