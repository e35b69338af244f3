import { describe, expect, test } from 'vitest';
import { type NewParticles, PARTICLE_WRITERS, placeParticles, readParticles } from './index.ts';
import { about, type Matrix3, multiply, relionAngles, relionMatrix } from './rotation.ts';

const angles = [
  [37, 112, -64],
  [-170, 3, 88],
  [20, 0, 0],
] as const;

const particles: NewParticles = {
  count: 3,
  tomogram: { name: 'TS 01', shape: [101, 200, 300], voxelSize: [10, 10, 10] },
  positions: Float64Array.from([10, 20, 30, 2990, 1990, 1000, 1234.5678, 0, 505]),
  rotations: Float32Array.from(
    angles.flatMap(([rot, tilt, psi]) => [...relionMatrix(rot, tilt, psi)]),
  ),
  classes: {
    names: ['GroEL 14-mer (1MNF)', 'ATP synthase (Polytomella, monomer) (6RD4)'],
    index: Int32Array.from([1, 0, 1]),
  },
  score: Float32Array.from([0.9, 0.25, 1]),
};

describe('angles of a matrix', () => {
  test.each([...angles, [0, 180, 0], [45, 180, 0], [-90, 0, 0], [10, 90, 170]] as const)(
    '%d, %d, %d',
    (rot, tilt, psi) => {
      const found = relionAngles(relionMatrix(rot, tilt, psi));
      [rot, tilt, psi].forEach((wanted, i) => void expect(found[i]).toBeCloseTo(wanted, 6));
    },
  );

  test('come back as the same matrix also where they are not unique', () => {
    for (const tilt of [0, 180]) {
      const m = multiply(about.z(30), relionMatrix(20, tilt, 50));
      const again: Matrix3 = relionMatrix(...relionAngles(m));
      again.forEach((value, i) => void expect(value).toBeCloseTo(m[i], 6));
    }
  });
});

describe('written lists', () => {
  test.each(['relion', 'csv', 'copick'] as const)('%s comes back as it was', (id) => {
    const files = PARTICLE_WRITERS[id].write(particles, 'picks');
    const lists = files
      .filter(({ name }) => name.startsWith('picks'))
      .map(({ name, bytes }) =>
        readParticles({
          name,
          bytes,
          beside: (wanted) =>
            files.find((other) =>
              typeof wanted === 'string' ? other.name === wanted : wanted.test(other.name),
            ) ?? null,
        }),
      );
    const found = lists.flatMap((list) => {
      const placed = placeParticles(list, particles.tomogram);
      return Array.from({ length: list.count }, (_, i) => ({
        position: Array.from(placed.positions.subarray(3 * i, 3 * i + 3)),
        rotation: Array.from(list.rotations!.subarray(9 * i, 9 * i + 9)),
        class: list.classes!.names[list.classes!.index[i]],
        score: list.score!.values[i],
        tomogram: list.tomograms[0].name,
      }));
    });
    expect(found).toHaveLength(3);
    for (let i = 0; i < 3; i++) {
      const x = particles.positions[3 * i];
      const one = found.find(({ position }) => Math.abs(position[0] - x) < 0.01)!;
      one.position.forEach((at, axis) => {
        expect(at).toBeCloseTo(particles.positions[3 * i + axis], 3);
      });
      one.rotation.forEach((value, k) => {
        expect(value).toBeCloseTo(particles.rotations![9 * i + k], 4);
      });
      expect(one.class).toBe(particles.classes!.names[particles.classes!.index[i]]);
      expect(one.score).toBeCloseTo(particles.score![i], 5);
      expect(one.tomogram).toBe(id === 'relion' ? 'TS_01' : 'TS 01');
    }
  });

  test('a STAR list comes with the size of its tomogram, one without classes or angles has none', () => {
    const [list, tomograms] = PARTICLE_WRITERS.relion.write(
      { ...particles, rotations: null, classes: null, score: null },
      'p',
    );
    const read = readParticles({ ...list, beside: () => tomograms });
    expect(read.tomograms).toEqual([{ name: 'TS_01', shape: [101, 200, 300], voxelSize: 10 }]);
    expect([read.rotations, read.classes, read.score]).toEqual([null, null, null]);
  });
});
