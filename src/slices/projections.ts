import type { FloatVolume, Vec3 } from '../core/volume/types.ts';
import { greyWindow } from '../core/color/index.ts';
import type { SliceContent } from './painter.ts';
import { type Axis, ORIENTATION, type Plane, planeOf, voxelAt } from './planes.ts';

interface Projected {
  /** One section of the volume's extent along the axis. */
  readonly volume: FloatVolume;
  /** Voxel along the axis that each value is of. */
  readonly depth: Uint32Array;
}

const STEP = (axis: Axis) => ORIENTATION[axis].through;

/** Runs along every line of sight through a volume and keeps what `pick` makes of it. */
function projected(
  { data, shape, voxelSize, origin, rowsDown }: FloatVolume,
  axis: Axis,
  kind: 'mean' | 'largest',
): Projected {
  const through = STEP(axis);
  const [nz, ny, nx] = shape;
  const strides = [1, nx, nx * ny];
  const count = shape[2 - through];
  const flat = shape.map((n, i) => (i === 2 - through ? 1 : n)) as [number, number, number];
  const values = new Float32Array((nz * ny * nx) / count);
  const depth = new Uint32Array(values.length);
  for (let z = 0, to = 0; z < flat[0]; z++)
    for (let y = 0; y < flat[1]; y++)
      for (let x = 0; x < flat[2]; x++, to++) {
        let from = (z * ny + y) * nx + x;
        let found = 0;
        for (let k = 0; k < count; k++, from += strides[through]) {
          const value = data[from];
          if (kind === 'mean') found += value / count;
          else if (Math.abs(value) > Math.abs(found)) {
            found = value;
            depth[to] = k;
          }
        }
        values[to] = found;
      }
  const size = voxelSize.map((one, i) => (i === through ? one * count : one));
  const start = origin.map((one, i) =>
    i === through ? one + ((count - 1) / 2) * voxelSize[i] : one,
  );
  const volume = {
    ...{ data: values, shape: flat, rowsDown },
    voxelSize: size as unknown as Vec3,
    origin: start as unknown as Vec3,
  };
  return { volume, depth };
}

/** What a view of one axis paints, and where along it the map's largest values are. */
export interface ProjectedContent {
  readonly content: SliceContent;
  readonly depth: Uint32Array | null;
}

const known = new WeakMap<SliceContent, Map<Axis, ProjectedContent>>();
const volumes = new WeakMap<FloatVolume, Map<string, Projected>>();

function remembered(volume: FloatVolume, axis: Axis, kind: 'mean' | 'largest'): Projected {
  const own = volumes.get(volume) ?? new Map<string, Projected>();
  volumes.set(volume, own);
  const found = own.get(`${axis} ${kind}`) ?? projected(volume, axis, kind);
  own.set(`${axis} ${kind}`, found);
  return found;
}

/** The mean density along an axis, and over it the map's values with the largest magnitude. Remembered. */
export function projectedContent(content: SliceContent, axis: Axis): ProjectedContent {
  const own = known.get(content) ?? new Map<Axis, ProjectedContent>();
  known.set(content, own);
  const before = own.get(axis);
  if (before) return before;
  const { volume: density } = remembered(content.density, axis, 'mean');
  const heat = content.heat && remembered(content.heat, axis, 'largest');
  const window = greyWindow(density.data);
  const made = {
    content: {
      ...content,
      ...{ density, heat: heat?.volume ?? null, colour: null, inputIso: null, marked: null },
      colors: { ...content.colors, window },
    },
    depth: heat?.depth ?? null,
  };
  own.set(axis, made);
  return made;
}

/** The grid of a projection, at the scale of the slices. */
export function projectionPlane(whole: FloatVolume, seen: FloatVolume, axis: Axis): Plane {
  return { ...planeOf(seen, axis), room: planeOf(whole, axis).room };
}

/** Where the value seen at a place of a projection is: along the axis where the map is largest, else at the crosshair. */
export function seenVoxel(
  density: FloatVolume,
  axis: Axis,
  depth: Uint32Array | null,
  crosshair: Vec3,
  [across, up]: readonly [number, number],
): Vec3 {
  const orientation = ORIENTATION[axis];
  const voxel = [...voxelAt(density, crosshair)] as [number, number, number];
  voxel[orientation.across] = across;
  voxel[orientation.up] = up;
  const { shape } = density;
  const width = shape[2 - orientation.across];
  if (depth) voxel[orientation.through] = depth[up * width + across];
  return voxel;
}
