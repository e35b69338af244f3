import { SurfaceBuffers } from '../src/core/surface/buffers.ts';
import { isosurface } from '../src/core/surface/isosurface.ts';
import { centroids, triangleSorter } from '../src/core/surface/sort.ts';
import { sampled } from '../src/core/surface/testing.ts';
import { median, type Part, type Row } from './rows.ts';

/** Extraction of a smooth, folded surface (density with several lobes), and the sort of its triangles. */
export async function surfaceBench(): Promise<Part> {
  const rows: Row[] = [];
  for (const [size, runs] of [
    [40, 25],
    [256, 5],
  ] as const) {
    const k = 12 / size;
    const volume = sampled([size, size, size], [10, 10, 10], (x, y, z) => {
      const [u, v, w] = [x, y, z].map((position) => (position / 10) * k);
      const gyroid =
        Math.sin(u) * Math.cos(v) + Math.sin(v) * Math.cos(w) + Math.sin(w) * Math.cos(u);
      return gyroid * Math.exp(-(u * u + v * v + w * w) / 18);
    });
    const buffers = new SurfaceBuffers();
    const mesh = isosurface(volume, 0.15, { buffers });
    rows.push(
      {
        name: `isosurface ${size}^3, ${mesh.indices.length / 3} triangles`,
        value: await median(runs, () => isosurface(volume, 0.15, { buffers })),
        unit: 'ms',
      },
      await sortRow(mesh.positions, mesh.indices),
    );
  }
  return { rows };
}

async function sortRow(positions: Float32Array, indices: Uint32Array): Promise<Row> {
  const sorter = triangleSorter(indices, centroids(positions, indices));
  const out = new Uint32Array(indices.length);
  return {
    name: `back-to-front sort, ${sorter.count} triangles`,
    value: await median(11, () => sorter.byDirection([0.3, -0.4, 0.86], out)),
    unit: 'ms',
  };
}
