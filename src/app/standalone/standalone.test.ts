import { describe, expect, it } from 'vitest';
import { isosurface } from '../../core/surface/isosurface.ts';
import { mergeShells } from '../../core/surface/shells.ts';
import { boundsOf } from '../../scene/camera.ts';
import { DEFAULT_CAMERA } from '../../state/index.ts';
import { writeStandalone } from './html.ts';
import { packMesh, unpackMesh } from './pack.ts';

const n = 12;
const volume = {
  data: Float32Array.from({ length: n ** 3 }, (_, i) =>
    Math.hypot((i % n) - 5, (Math.floor(i / n) % n) - 5, Math.floor(i / n ** 2) - 5),
  ),
  shape: [n, n, n],
  voxelSize: [10, 10, 10],
  origin: [-5000, 70, 3],
} as const;
const bounds = boundsOf(volume);
const mesh = mergeShells([isosurface(volume, 3, { enclose: 'below' }), isosurface(volume, 4)]);
const packed = packMesh(mesh, bounds);

describe('a page that turns', () => {
  it('keeps every place within a hundredth of an Å, and all triangles', () => {
    const { positions, normals, indices, vertexStarts } = unpackMesh(packed, bounds);
    expect([...indices]).toEqual([...mesh.indices]);
    expect(vertexStarts).toEqual([...mesh.vertexStarts]);
    positions.forEach((value, i) => {
      expect(Math.abs(value + bounds.centre[i % 3] - mesh.positions[i])).toBeLessThan(0.01);
      expect(Math.abs(normals[i] / 127 - mesh.normals[i])).toBeLessThan(0.005);
    });
  });

  it('carries names as text, whatever is in them, and lets nothing be fetched', () => {
    const title = '</script><script>alert(1)</script> & "x"';
    const html = writeStandalone(
      {
        ...{ title, facts: ['a'], bounds, camera: DEFAULT_CAMERA, lengthUnit: 'nm' },
        views: [{ title, detail: '', mesh: packed, looks: [], slices: 'data:,' }],
        ...{ colorBars: [], notes: [], table: [['Class'], [title]], program: 'Respond-CAM' },
      },
      'void 0',
    );
    expect(html).not.toContain('<script>alert');
    expect(html).toContain("default-src 'none'");
    const json = /id="content">(.*?)<\/script>/s.exec(html)![1];
    expect(JSON.parse(json).title).toBe(title);
  });
});
