import type { Region } from './types.ts';

/**
 * Whether a voxel, by its number, lies in a region of an output of `space`, `[z, y, x]` or `[y, x]`.
 * @param isPredicted says it of voxels predicted as the class
 */
export function insideRegion(
  region: Region,
  space: readonly number[],
  isPredicted: (voxel: number) => boolean,
): (voxel: number) => boolean {
  switch (region.kind) {
    case 'predicted':
      return isPredicted;
    case 'mask':
      return (voxel) => region.voxels[voxel] !== 0;
    case 'ball': {
      const { centre, radius } = region;
      return (voxel) => {
        let rest = voxel;
        let distance = 0;
        for (let axis = space.length - 1; axis >= 0; axis--) {
          distance += ((rest % space[axis]) - centre[axis]) ** 2;
          rest = Math.floor(rest / space[axis]);
        }
        return distance <= radius * radius;
      };
    }
    case 'box': {
      const { from, to } = region;
      return (voxel) => {
        let rest = voxel;
        for (let axis = space.length - 1; axis >= 0; axis--) {
          const at = rest % space[axis];
          if (at < from[axis] || at >= to[axis]) return false;
          rest = Math.floor(rest / space[axis]);
        }
        return true;
      };
    }
  }
}
