import { performance } from 'node:perf_hooks';
import { SurfaceBuffers } from '../src/core/surface/buffers.ts';
import { isosurface } from '../src/core/surface/isosurface.ts';
import { centroids, triangleSorter } from '../src/core/surface/sort.ts';
import { sampled } from '../src/core/surface/testing.ts';

export interface Row {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
}

/** Extraction of a smooth, folded surface (density with several lobes), and the sort of its triangles. */
export async function surfaceBench(): Promise<Row[]> {
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
        value: median(runs, () => isosurface(volume, 0.15, { buffers })),
        unit: 'ms',
      },
      sortRow(mesh.positions, mesh.indices),
    );
  }
  return rows;
}

function sortRow(positions: Float32Array, indices: Uint32Array): Row {
  const sorter = triangleSorter(indices, centroids(positions, indices));
  const out = new Uint32Array(indices.length);
  return {
    name: `back-to-front sort, ${sorter.count} triangles`,
    value: median(11, () => sorter.byDirection([0.3, -0.4, 0.86], out)),
    unit: 'ms',
  };
}

function median(runs: number, work: () => void): number {
  work();
  const times = Array.from({ length: runs }, () => {
    const start = performance.now();
    work();
    return performance.now() - start;
  });
  return times.sort((a, b) => a - b)[runs >> 1];
}
