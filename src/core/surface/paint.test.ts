import { describe, expect, it } from 'vitest';
import { PALETTES } from '../color/index.ts';
import { paintVertices } from './paint.ts';

/** The value at a voxel is its x. */
const heat = {
  data: Float32Array.from({ length: 27 }, (_, i) => (i % 3) - 1),
  shape: [3, 3, 3],
  voxelSize: [10, 10, 10],
  origin: [5, 0, 0],
} as const;
const scale = { limit: 1, palette: PALETTES.diverging };
const BASE = [184, 189, 196] as const;

function painted(x: number, sign: 'both' | 'positive' | 'negative' = 'both', data = heat.data) {
  const out = new Uint8Array(8);
  const positions = Float32Array.of(0, 0, 0, x, 12, 7);
  paintVertices(positions, 1, 2, { heat: { ...heat, data }, scale, sign }, BASE, 200, out);
  expect([...out.subarray(0, 4)]).toEqual([0, 0, 0, 0]);
  return [...out.subarray(4)];
}

/** The colour that a value has over the base. */
function over(t: number) {
  const { overlay, colorOf } = PALETTES.diverging;
  const share = overlay[(256 + Math.round(t * 256)) * 4 + 3] / 255;
  return [...BASE.map((grey, k) => Math.floor(grey + share * (colorOf(t)[k] - grey))), 200];
}

describe('paintVertices', () => {
  it('takes the value between voxel centres, and that of the edge beyond them', () => {
    expect(painted(25)).toEqual(over(1));
    expect(painted(20)).toEqual(over(0.5));
    expect(painted(10)).toEqual(over(-0.5));
    expect(painted(500)).toEqual(over(1));
    expect(painted(-500)).toEqual(over(-1));
  });

  it('leaves the surface as it is where the map is zero, not a number or of the other sign', () => {
    expect(painted(15)).toEqual([...BASE, 200]);
    expect(painted(5, 'positive')).toEqual([...BASE, 200]);
    expect(painted(25, 'negative')).toEqual([...BASE, 200]);
    expect(painted(25, 'both', new Float32Array(27).fill(Number.NaN))).toEqual([...BASE, 200]);
  });
});
