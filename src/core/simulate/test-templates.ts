import { measureDensity } from '../structure/index.ts';
import type { FloatVolume } from '../volume/types.ts';
import { TEMPLATE_GRID } from './defaults.ts';
import type { Template } from './templates.ts';

/** A Gaussian blob; everything in voxels, measured from the middle of the box. */
export interface Blob {
  readonly centre: readonly [x: number, y: number, z: number];
  readonly sigma: number;
  readonly height: number;
}

/** Sum of Gaussian blobs on a cube of `n` voxels of 10 Å, centred on the world's origin. */
export function blobs(n: number, list: readonly Blob[]): FloatVolume {
  const h = TEMPLATE_GRID.voxelSize;
  const c = (n - 1) / 2;
  const data = new Float32Array(n ** 3);
  for (let z = 0, i = 0; z < n; z++)
    for (let y = 0; y < n; y++)
      for (let x = 0; x < n; x++, i++)
        for (const { centre, sigma, height } of list) {
          const d2 = (x - c - centre[0]) ** 2 + (y - c - centre[1]) ** 2 + (z - c - centre[2]) ** 2;
          data[i] += height * Math.exp(-d2 / (2 * sigma * sigma));
        }
  return { data, shape: [n, n, n], voxelSize: [h, h, h], origin: [-c * h, -c * h, -c * h] };
}

/** Two small asymmetric "molecules" on 40^3, centred on their centre of mass; made once. */
export function testTemplates(): Template[] {
  made ??= makeTemplates();
  return made;
}

let made: Template[] | undefined;

function makeTemplates(): Template[] {
  const three: Blob[] = [
    { centre: [6, 0, 0], sigma: 1.5, height: 1 },
    { centre: [-3, 4, 2], sigma: 1.8, height: 0.8 },
    { centre: [-2, -5, -3], sigma: 1.4, height: 1.2 },
  ];
  return [
    { id: 'three', name: 'three blobs', volume: centred(40, three) },
    { id: 'two', name: 'two blobs', volume: centred(40, three.slice(1)) },
  ];
}

function centred(n: number, list: readonly Blob[]): FloatVolume {
  const at = measureDensity(blobs(n, list)).centre.map((v) => v / TEMPLATE_GRID.voxelSize);
  const moved = list.map((b) => ({
    ...b,
    centre: b.centre.map((v, i) => v - at[i]) as unknown as Blob['centre'],
  }));
  return blobs(n, moved);
}
