import { type NewParticles, PARTICLE_WRITERS } from '../../src/core/particles/index.ts';
import { ofText } from './seeds.ts';

type Bytes = Uint8Array<ArrayBuffer>;

const PARTICLES: NewParticles = {
  count: 3,
  tomogram: { name: 'TS 01', shape: [101, 200, 300], voxelSize: [10, 10, 10] },
  positions: Float64Array.of(10, 20, 30, 2990, 1990, 1000, 1234.5678, 0, 505),
  rotations: Float32Array.from([0, 1, 2].flatMap(() => [0, -1, 0, 1, 0, 0, 0, 0, 1])),
  classes: { names: ['GroEL (1MNF)', 'ribosome'], index: Int32Array.of(1, 0, 1) },
  score: Float32Array.of(0.9, 0.25, 1),
};

/** Lists as the program writes them, each file that belongs to them included. */
export const written = (id: keyof typeof PARTICLE_WRITERS): Bytes[] =>
  PARTICLE_WRITERS[id].write(PARTICLES, 'picks').map(({ bytes }) => bytes.slice());

/** RELION 3's layout: one block with shifts, in pixels of its own size. */
export const RELION3 = ofText(`data_

loop_
_rlnMicrographName #1
_rlnCoordinateX #2
_rlnCoordinateY #3
_rlnCoordinateZ #4
_rlnAngleRot #5
_rlnAngleTilt #6
_rlnAnglePsi #7
_rlnOriginX #8
_rlnMagnification #9
_rlnDetectorPixelSize #10
tomo_1.mrc 10 20.5 30 37 112 -64 1.5 10000 10
tomo_2.mrc 100 200 300 -170 3 88 0 10000 10
`);

/** Rows of a Dynamo table with 35 columns. */
export const DYNAMO = ofText(
  [7, 8]
    .map((tomogram) =>
      Array.from({ length: 35 }, (_, i) => (i === 19 ? tomogram : (37 * i) % 91)).join(' '),
    )
    .join('\n'),
);

/** An EM file of 20 numbers for each of two particles, of either byte order. */
export function motiveLists(): Bytes[] {
  return [true, false].map((little) => {
    const bytes = new Uint8Array(512 + 2 * 80);
    const view = new DataView(bytes.buffer);
    bytes[0] = little ? 6 : 3;
    bytes[3] = 5;
    for (const [i, n] of [20, 2, 1].entries()) view.setInt32(4 + 4 * i, n, little);
    for (let i = 0; i < 40; i++) view.setFloat32(512 + 4 * i, (37 * i) % 91, little);
    return bytes;
  });
}

/** A binary IMOD model: one object with a contour of two points. */
export function imodModel(): Bytes {
  const bytes = new Uint8Array(240 + 180 + 20 + 24 + 12 + 4);
  const view = new DataView(bytes.buffer);
  const chunk = (at: number, text: string) => bytes.set(ofText(text), at);
  chunk(0, 'IMODV1.2');
  view.setFloat32(216, 1.25);
  view.setInt32(220, -9);
  chunk(240, 'OBJTribosomes');
  chunk(420, 'CONT');
  view.setInt32(424, 2);
  for (const [i, value] of [10.5, 20.5, 30, 1.5, 2.5, 3].entries())
    view.setFloat32(440 + 4 * i, value);
  chunk(464, 'MINX');
  view.setInt32(468, 4);
  chunk(476, 'IEOF');
  return bytes;
}
