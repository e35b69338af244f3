import { aborted } from '../../core/errors.ts';
import { type Matrix3, readBox } from '../../core/particles/index.ts';
import {
  type Finding,
  prepareInput,
  type Shape3,
  type SourceVolume,
  type Vec3,
  type VolumeAccess,
} from '../../core/volume/index.ts';
import type {
  BoxesRequest,
  CutBox,
  NoBox,
  Thumbnails,
  ThumbnailsRequest,
} from '../../state/tomograms.ts';

/** Which particle: as its list has it, and where it stands. */
export interface Place {
  /** Of the list, from 0. */
  readonly row: number;
  /** x, y, z in Å from the centre of the tomogram's first voxel. */
  readonly position: Vec3;
}

/** A box and what is to be said about it. */
export interface MadeBox {
  readonly volume: SourceVolume<Float32Array>;
  readonly findings: readonly Finding[];
}

/** Makes boxes of particles of whatever they are given as. */
export interface BoxMaker {
  /**
   * @param shape whose first axis may be shorter, for sections around the middle
   * @param voxelSize null for that of what the box is made of
   */
  make(
    place: Place,
    box: { readonly shape: Shape3; readonly voxelSize: number | null },
    turn?: Matrix3,
  ): Promise<MadeBox | NoBox>;
}

/** Cuts boxes out of a tomogram. */
export const tomogramMaker = (access: VolumeAccess): BoxMaker => ({
  async make({ position }, { shape, voxelSize }, turn) {
    const size = voxelSize ?? access.header.voxelSize[0];
    const { volume, covered } = await readBox(access, position, { shape, voxelSize: size }, turn);
    return { volume, findings: covered < 1 ? [partlyOutside(covered)] : [] };
  },
});

const partlyOutside = (covered: number): Finding => ({
  code: 'partly-outside',
  severity: 'warning',
  message: `${Math.round(100 * (1 - covered))}% of the box lie outside the tomogram and hold the mean of the rest.`,
});

/** Boxes as a network sees them; where one cannot be made, why. */
export async function makeBoxes(
  { make }: BoxMaker,
  request: BoxesRequest,
  signal: AbortSignal,
): Promise<readonly (CutBox | NoBox)[]> {
  const { rotations, shape, expectation, invert, rows } = request;
  const out: (CutBox | NoBox)[] = [];
  for (let i = 0; i < rows.length; i++) {
    if (signal.aborted) throw aborted();
    const turn = rotations ? matrixAt(rotations, i) : undefined;
    const made = await make(placeAt(request, i), request, turn);
    if ('reason' in made) {
      out.push(made);
      continue;
    }
    const { volume, findings } = made;
    const { data: values, ...grid } = volume;
    const prepared = prepareInput(volume, { shape, ...expectation }, { invert });
    // Normalising makes an array of its own; where nothing is done, both are the same.
    const input = prepared.volume.data === values ? values.slice() : prepared.volume.data;
    out.push({ input, values, grid, findings });
  }
  return out;
}

/** Pictures of the middle of boxes. */
export async function makeThumbnails(
  { make }: BoxMaker,
  request: ThumbnailsRequest,
  signal: AbortSignal,
): Promise<Thumbnails> {
  const { rows, edge, pixel, thickness } = request;
  const side = Math.max(1, Math.round(edge / pixel));
  const deep = Math.max(1, Math.round(thickness / pixel));
  const data = new Float32Array(rows.length * side * side);
  for (let i = 0; i < rows.length; i++) {
    if (signal.aborted) throw aborted();
    const own = data.subarray(i * side * side, (i + 1) * side * side);
    const box = { shape: [deep, side, side], voxelSize: pixel } as const;
    const made = await make(placeAt(request, i), box);
    if ('reason' in made) own.fill(Number.NaN);
    else
      for (let k = 0; k < deep; k++)
        for (let at = 0; at < side * side; at++)
          own[at] += made.volume.data[k * side * side + at] / deep;
  }
  return { side, data };
}

function placeAt({ positions, rows }: Pick<BoxesRequest, 'positions' | 'rows'>, i: number): Place {
  const [x, y, z] = positions.subarray(3 * i, 3 * i + 3);
  return { row: rows[i], position: [x, y, z] };
}

function matrixAt(rotations: Float32Array, i: number): Matrix3 {
  const [a, b, c, d, e, f, g, h, k] = rotations.subarray(9 * i, 9 * i + 9);
  return [a, b, c, d, e, f, g, h, k];
}
