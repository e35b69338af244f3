import { describe, expect, test } from 'vitest';
import { encodeUtf8 } from '../schema/utf8.ts';
import {
  copickRuns,
  sharedOut,
  takenText,
  makerOf,
  PARTICLE_FORMATS,
  placeParticles,
  readParticles,
  readPicks,
  selectPicks,
  tomogramIn,
} from './index.ts';
import * as rotation from './rotation.ts';
import { numberAt } from './text.ts';
import type { ParticleList } from './types.ts';

const file = (
  name: string,
  text: string | Uint8Array,
  others: Record<string, string | Uint8Array> = {},
) => ({
  name,
  bytes: typeof text === 'string' ? encodeUtf8(text) : text,
  beside(wanted: string | RegExp) {
    const found = Object.keys(others).find((other) =>
      typeof wanted === 'string' ? other === wanted : wanted.test(other),
    );
    if (found === undefined) return null;
    const bytes = others[found];
    return { name: found, bytes: typeof bytes === 'string' ? encodeUtf8(bytes) : bytes };
  },
});

function expectClose(actual: ArrayLike<number>, wanted: readonly number[], digits = 5): void {
  expect(actual.length).toBe(wanted.length);
  wanted.forEach((value, i) => void expect(actual[i]).toBeCloseTo(value, digits));
}

// From scipy.spatial.transform.Rotation, for 37, 112 and -64 degrees.
const RELION = [
  0.4097585, -0.8166369, -0.4064506, -0.5327143, 0.1474712, -0.8333473, 0.740482, 0.5579932,
  -0.3746066,
];
const AV3 = [
  0.1474712, -0.5327143, -0.8333473, -0.8166369, 0.4097585, -0.4064506, 0.5579932, 0.740482,
  -0.3746066,
];
const DYNAMO = [
  0.1474712, -0.8166369, 0.5579932, -0.5327143, 0.4097585, 0.740482, -0.8333473, -0.4064506,
  -0.3746066,
];

describe('rotations of the reference into the tomogram', () => {
  test.each([
    ["RELION: scipy's ZYZ, inverted", rotation.RELION, RELION],
    ["AV3: scipy's zxz", rotation.AV3, AV3],
    ["Dynamo: scipy's zxz, inverted", rotation.DYNAMO, DYNAMO],
  ])('%s', (_, convention, wanted) => {
    expectClose(rotation.matrixOf(convention, 37, 112, -64), wanted, 6);
  });
});

describe('numbers', () => {
  test.each([
    '0',
    '-0',
    '1.5',
    '+2',
    '-123.456789',
    '1e3',
    '2.5E-7',
    '.5',
    '5.',
    '123456789012345678',
    '1e300',
    '0.1e-320',
    '00012',
  ])('%s is read as JavaScript reads it', (text) => {
    const bytes = encodeUtf8(`x${text}y`);
    expect(Object.is(numberAt(bytes, 1, bytes.length - 1), Number(text))).toBe(true);
  });

  test.each(['', '-', 'abc', '1.2.3', '1e', 'e5', '1x', '.'])('"%s" is none', (text) => {
    const bytes = encodeUtf8(text);
    expect(numberAt(bytes, 0, bytes.length)).toBeNaN();
  });

  test('random decimals have the value of their text', () => {
    let seed = 7;
    const random = () => (seed = (seed * 48271) % 2147483647) / 2147483647;
    for (let i = 0; i < 2000; i++) {
      const text = ((random() - 0.5) * 10 ** (random() * 12 - 4)).toPrecision(
        1 + Math.floor(random() * 15),
      );
      const bytes = encodeUtf8(text);
      expect(numberAt(bytes, 0, bytes.length)).toBe(Number(text));
    }
  });
});

const RELION_4 = `
# version 30001

data_optics

loop_
_rlnOpticsGroup #1
_rlnTomoTiltSeriesPixelSize #2
_rlnImagePixelSize #3
1 1.35 5.4


# version 30001

data_particles

loop_
_rlnTomoName #1
_rlnCoordinateX #2
_rlnCoordinateY #3
_rlnCoordinateZ #4
_rlnOriginXAngst #5
_rlnOriginYAngst #6
_rlnOriginZAngst #7
_rlnAngleRot #8
_rlnAngleTilt #9
_rlnAnglePsi #10
_rlnTomoSubtomogramRot #11
_rlnTomoSubtomogramTilt #12
_rlnTomoSubtomogramPsi #13
_rlnClassNumber #14
_rlnOpticsGroup #15
TS_01 100 200 300 10 -4 6 37 112 -64 20 35 -80 2 1
TS_01 400.5 20 30 0 0 0 0 0 0 0 0 0 1 1
TS_03 1 2 3 0 0 0 0 0 0 0 0 0 2 1
`;

describe('RELION', () => {
  test('4: pixels of the tilt series, shifts in the frame of the subtomogram, two rotations', () => {
    const list = readParticles(file('particles.star', RELION_4));
    expect(list).toMatchObject({
      format: 'relion',
      count: 3,
      frame: { unit: 'voxel', from: 'corner', voxelSize: 1.35 },
      tomograms: [{ name: 'TS_01' }, { name: 'TS_03' }],
      classes: { names: ['class 2', 'class 1'] },
    });
    expect([...list.tomogram!]).toEqual([0, 0, 1]);
    // The shift in Å, turned by the subtomogram's rotation, and both rotations one after the other: from scipy.
    expectClose(list.coordinates.subarray(0, 3), [
      100 - 7.6143614 / 1.35,
      200 - 1.8411377 / 1.35,
      300 - 9.5200689 / 1.35,
    ]);
    expectClose(
      list.rotations!.subarray(0, 9),
      [
        0.5861007, -0.5690936, 0.5767308, -0.3658937, -0.8209931, -0.4382831, 0.7229161, 0.0458559,
        -0.6894124,
      ],
    );
    expect([...list.coordinates.subarray(3, 6)]).toEqual([400.5, 20, 30]);
  });

  test('5: Å from the centre, with the size from tomograms.star', () => {
    const particles = `data_particles\n\nloop_\n_rlnTomoName\n_rlnCenteredCoordinateXAngst\n_rlnCenteredCoordinateYAngst\n_rlnCenteredCoordinateZAngst\n"TS 1" -100 0 50\n`;
    const tomograms = `data_global\n\nloop_\n_rlnTomoName\n_rlnTomoSizeX\n_rlnTomoSizeY\n_rlnTomoSizeZ\n_rlnTomoTiltSeriesPixelSize\n"TS 1" 400 300 200 2\n`;
    const list = readParticles(file('p.star', particles, { 'tomograms.star': tomograms }));
    expect(list.tomograms).toEqual([{ name: 'TS 1', shape: [200, 300, 400], voxelSize: 2 }]);
    // A tomogram reconstructed at twice that pixel size.
    const placed = placeParticles(list, { shape: [100, 150, 200], voxelSize: [4, 4, 4] });
    expect([...placed.positions]).toEqual([300, 300, 250]);
    expect([...placed.inside]).toEqual([1]);
  });

  test('3.0: one table without a name, detector pixel and magnification, shifts in pixels', () => {
    const text = `data_\nloop_\n_rlnMicrographName\n_rlnCoordinateX\n_rlnCoordinateY\n_rlnCoordinateZ\n_rlnOriginX\n_rlnOriginY\n_rlnOriginZ\n_rlnDetectorPixelSize\n_rlnMagnification\nt.mrc 10 20 30 1 2 -3 5.0 10000\n`;
    const list = readParticles(file('old.star', text));
    expect(list.frame.voxelSize).toBe(5);
    expect([...list.coordinates]).toEqual([9, 18, 33]);
  });

  test('the chosen rows keep everything else as it was', () => {
    const source = file('particles.star', RELION_4);
    const text = new TextDecoder().decode(
      PARTICLE_FORMATS.relion.select(source, Uint32Array.of(0, 2)),
    );
    const lines = RELION_4.split('\n');
    expect(text).toBe(lines.filter((line) => !line.startsWith('TS_01 400.5')).join('\n'));
  });
});

test('M: Å from the corner, the first moment of the exposure', () => {
  const text = `data_\nloop_\n_wrpCoordinateX1\n_wrpCoordinateY1\n_wrpCoordinateZ1\n_wrpCoordinateX2\n_wrpAngleRot1\n_wrpAngleTilt1\n_wrpAnglePsi1\n_wrpSourceName\n1500.5 20 30 9 37 112 -64 a.tomostar\n`;
  const list = readParticles(file('m.star', text));
  expect(list).toMatchObject({ format: 'warp', frame: { unit: 'Å', from: 'corner' } });
  expect([...list.coordinates]).toEqual([1500.5, 20, 30]);
  expectClose(list.rotations!, RELION);
  expect(tomogramIn(list, 'a_10.00Apx.mrc')).toBe(0);
});

/** A row of a Dynamo table with 35 columns. */
function dynamoRow(values: Readonly<Record<number, number>>): string {
  return Array.from({ length: 35 }, (_, i) => values[i + 1] ?? 0).join(' ');
}

test('Dynamo: voxels with the shifts added', () => {
  const rows = [
    dynamoRow({
      1: 5,
      4: 1.5,
      5: -2,
      6: 0.25,
      7: 37,
      8: 112,
      9: -64,
      10: 0.3,
      20: 7,
      22: 1,
      24: 100,
      25: 200,
      26: 300,
    }),
    dynamoRow({ 1: 6, 10: 0.1, 20: 8, 22: 2, 24: 10, 25: 20, 26: 30 }),
  ];
  const source = file('a.tbl', rows.join('\n'));
  const list = readParticles(source);
  expect([...list.coordinates]).toEqual([101.5, 198, 300.25, 10, 20, 30]);
  expectClose(list.rotations!.subarray(0, 9), DYNAMO);
  expect(list.tomograms.map(({ name }) => name)).toEqual(['tomogram 7', 'tomogram 8']);
  expectClose(list.score!.values, [0.3, 0.1]);
  const second = new TextDecoder().decode(
    PARTICLE_FORMATS.dynamo.select(source, Uint32Array.of(1)),
  );
  expect(second).toBe(rows[1]);
});

function motiveList(
  particles: readonly Readonly<Record<number, number>>[],
  little: boolean,
): Uint8Array {
  const bytes = new Uint8Array(512 + 80 * particles.length);
  const view = new DataView(bytes.buffer);
  bytes[0] = little ? 6 : 3;
  bytes[3] = 5;
  [20, particles.length, 1].forEach((n, i) => void view.setInt32(4 + 4 * i, n, little));
  particles.forEach((values, i) => {
    for (const [row, value] of Object.entries(values)) {
      view.setFloat32(512 + 80 * i + 4 * Number(row), value, little);
    }
  });
  return bytes;
}

test.each([true, false])(
  'motive list, little-endian %s: voxels counted from 1, phi, psi, theta',
  (little) => {
    const bytes = motiveList(
      [
        { 0: 0.5, 4: 2, 7: 11, 8: 21, 9: 31, 10: 0.5, 16: 37, 17: -64, 18: 112, 19: 1 },
        { 7: 1, 8: 1, 9: 1, 19: 3 },
      ],
      little,
    );
    const list = readParticles(file('motl.em', bytes));
    expect([...list.coordinates]).toEqual([10.5, 20, 30, 0, 0, 0]);
    expectClose(list.rotations!.subarray(0, 9), AV3);
    const kept = PARTICLE_FORMATS['motive-list'].select(file('motl.em', bytes), Uint32Array.of(1));
    expect([...readParticles(file('kept.em', kept)).coordinates]).toEqual([0, 0, 0]);
  },
);

/** An IMOD model of one object with these contours. */
function imodModel(
  contours: readonly (readonly (readonly number[])[])[],
  pixelSize = 0,
  units = 0,
): Uint8Array {
  const points = contours.flat().length;
  const bytes = new Uint8Array(240 + 180 + 20 * contours.length + 12 * points + 12 + 4);
  const view = new DataView(bytes.buffer);
  bytes.set(encodeUtf8('IMODV1.2'));
  // 128 bytes of name; size; objects, flags, modes, levels; offsets, scales; current point; res, thresh; pixel size, unit.
  const pixelSizeAt = 8 + 128 + 12 + 4 + 4 + 8 + 8 + 12 + 12 + 12 + 4 + 4;
  // 3dmod's own threshold.
  view.setInt32(pixelSizeAt - 4, 128);
  view.setFloat32(pixelSizeAt, pixelSize);
  view.setInt32(pixelSizeAt + 4, units);
  bytes.set(encodeUtf8('OBJT'), 240);
  bytes.set(encodeUtf8('ribosomes'), 244);
  let at = 420;
  for (const contour of contours) {
    bytes.set(encodeUtf8('CONT'), at);
    view.setInt32(at + 4, contour.length);
    contour.flat().forEach((value, i) => {
      view.setFloat32(at + 20 + 4 * i, value);
    });
    at += 20 + 12 * contour.length;
  }
  bytes.set(encodeUtf8('MINX'), at);
  view.setInt32(at + 4, 4);
  bytes.set(encodeUtf8('IEOF'), at + 12);
  return bytes;
}

describe('IMOD', () => {
  const model = imodModel(
    [
      [
        [10.5, 20.5, 30],
        [1.5, 2.5, 3],
      ],
      [[0.5, 0.5, 0]],
    ],
    1.25,
    -9,
  );

  test('points of all contours; the first pixel is at 0.5', () => {
    const list = readParticles(file('a.mod', model));
    expect(list).toMatchObject({ format: 'imod', count: 3, frame: { unit: 'voxel' } });
    expect(list.frame.voxelSize).toBeCloseTo(12.5);
    expect([...list.coordinates]).toEqual([10, 20, 30, 1, 2, 3, 0, 0, 0]);
  });

  test('without a unit, voxels of the tomogram', () => {
    const list = readParticles(file('a.mod', imodModel([[[1.5, 2.5, 3]]], 1, 0)));
    expect(list.frame).toEqual({ unit: 'voxel', from: 'corner', voxelSize: null });
  });

  test('the chosen points alone', () => {
    const kept = PARTICLE_FORMATS.imod.select(file('a.mod', model), Uint32Array.of(1, 2));
    expect([...readParticles(file('b.mod', kept)).coordinates]).toEqual([1, 2, 3, 0, 0, 0]);
  });

  test('a file that is cut off', () => {
    expect(() => readParticles(file('a.mod', model.subarray(0, 450)))).toThrow(
      /cut off or damaged in its CONT/,
    );
  });

  test('PEET: angles and offsets of its list', () => {
    const head =
      'CCC,reserved,reserved,pIndex,wedgeWT,NA,NA,NA,NA,NA,xOffset,yOffset,zOffset,NA,NA,reserved,phi,psi,theta,reserved';
    const rows =
      '0.5,0,0,2,0,0,0,0,0,0,0.5,-1,0,0,0,0,37,-64,112,0\n0.4,0,0,3,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0\n';
    const source = file('a_MOTL_Tom1.csv', `${head}\n${rows}`, { 'a.mod': model });
    const list = readParticles(source);
    expect([...list.coordinates]).toEqual([1.5, 1, 3, 0, 0, 0]);
    expectClose(list.rotations!.subarray(0, 9), AV3);
    expect(() => readParticles(file('a.csv', `${head}\n${rows}`))).toThrow(
      /IMOD model .* is not beside it/,
    );
  });
});

test('copick: Å, with the translation of the matrix added', () => {
  const picks = {
    pickable_object_name: 'ribosome',
    user_id: 'a',
    session_id: '0',
    run_name: 'TS_1',
    voxel_spacing: 10,
    unit: 'angstrom',
    points: [
      {
        location: { x: 100, y: 200, z: 300 },
        transformation_: [
          [0, -1, 0, 5],
          [1, 0, 0, 0],
          [0, 0, 1, -5],
          [0, 0, 0, 1],
        ],
        instance_id: 0,
        score: 0.9,
      },
      { location: { x: 1, y: 2, z: 3 }, score: null },
    ],
  };
  const source = file('a_1_ribosome.json', JSON.stringify(picks));
  const list = readParticles(source);
  expect([...list.coordinates]).toEqual([105, 200, 295, 1, 2, 3]);
  expect([...list.rotations!]).toEqual([0, -1, 0, 1, 0, 0, 0, 0, 1, 1, 0, 0, 0, 1, 0, 0, 0, 1]);
  expect(list.classes!.names).toEqual(['ribosome']);
  const kept = JSON.parse(
    new TextDecoder().decode(PARTICLE_FORMATS.copick.select(source, Uint32Array.of(1))),
  );
  expect(kept).toEqual({ ...picks, points: [picks.points[1]] });
  for (const indent of [undefined, 4]) {
    const text = JSON.stringify(picks, null, indent);
    const all = PARTICLE_FORMATS.copick.select(file('a.json', text), Uint32Array.of(0, 1));
    expect(new TextDecoder().decode(all)).toBe(text);
  }
  expect(() =>
    readParticles(
      file('a.json', '{"pickable_object_name": "r", "points": [{"location": {"x": 1}}]}'),
    ),
  ).toThrow(/a\.json: "points\[0\]\.location\.y" is missing/);
});

describe('tables', () => {
  test('columns by their names, with the unit in them', () => {
    const list = readParticles(
      file(
        'picks.csv',
        'experiment,particle_type,z (nm),y (nm),x (nm),score\nTS_5_4,ribosome,3,2,1,0.5\nTS_5_4,"apo",6,5,4,0.25\n',
      ),
    );
    expect([...list.coordinates]).toEqual([10, 20, 30, 40, 50, 60]);
    expect(list).toMatchObject({
      frame: { unit: 'Å' },
      tomograms: [{ name: 'TS_5_4' }],
      classes: { names: ['ribosome', 'apo'] },
    });
  });

  test('three numbers a row', () => {
    const source = file('a.coords', '1 2 3\r\n4.5  5 6\r\n\r\n');
    expect([...readParticles(source).coordinates]).toEqual([1, 2, 3, 4.5, 5, 6]);
    expect(
      new TextDecoder().decode(PARTICLE_FORMATS.csv.select(source, Uint32Array.of(1))),
    ).toContain('4.5  5 6');
  });

  test('a table without coordinates, and text, are refused', () => {
    expect(() => readParticles(file('a.csv', 'time,value\n1,2\n'))).toThrow(
      /a\.csv: its heading has no x, y and z \(time, value\)/,
    );
    expect(() => readParticles(file('a.txt', 'time,value\n1,2\n'))).toThrow(
      /a\.txt: not a list of particles/,
    );
    for (const text of ['', 'data_x\nloop_\n_rlnFoo #1\n1\n'])
      expect(() => readParticles(file('a.star', text))).toThrow(
        /a\.star: no table of it has coordinates/,
      );
    expect(() => readParticles(file('a.csv', 'x,y,z\n1,2,\n'))).toThrow(/row 1 has "" for z/);
  });
});

test('copick: the picks of several objects are one list, and go out as their files', () => {
  const document = (object: string, xs: readonly number[]) => ({
    ...{ pickable_object_name: object, user_id: 'me', session_id: '0', run_name: 'TS_1' },
    unit: 'angstrom',
    points: xs.map((x) => ({ location: { x, y: 0, z: 0 } })),
  });
  const pick = (object: string, xs: readonly number[]) =>
    file(`me_0_${object}.json`, JSON.stringify(document(object, xs)));
  const files = [pick('apo', [1, 2]), pick('none', []), pick('ribosome', [3, 4])];
  expect(makerOf(files[0].bytes)).toBe(makerOf(files[2].bytes));
  expect(makerOf(encodeUtf8('{"user_id": "other", "session_id": "0"}'))).toBe('"other" "0"');
  const list = readPicks(files, 'me_0');
  expect(list).toMatchObject({ fileName: 'me_0', count: 4, tomograms: [{ name: 'TS_1' }] });
  expect(list.coordinates.filter((_, i) => i % 3 === 0)).toEqual(Float64Array.of(1, 2, 3, 4));
  const { names, index } = list.classes!;
  expect(Array.from(index, (i) => names[i])).toEqual(['apo', 'apo', 'ribosome', 'ribosome']);
  const kept = selectPicks(files, Uint32Array.of(0, 1, 3));
  expect(kept.map(({ name }) => name)).toEqual(['me_0_apo.json', 'me_0_ribosome.json']);
  expect(JSON.parse(new TextDecoder().decode(kept[1].bytes))).toEqual(document('ribosome', [4]));
  expect(() =>
    readPicks(
      [files[0], file('b.json', JSON.stringify({ ...document('b', [1]), unit: 'pixel' }))],
      'me_0',
    ),
  ).toThrow(/b\.json: it is of another run, or in another unit, than me_0_apo\.json/);
});

test('copick: a project is its runs, by the paths of their files', () => {
  const runs = copickRuns([
    'p/copick_config.json',
    'p/Objects/ribosome.zarr/.zattrs',
    'p/ExperimentRuns/TS_2/VoxelSpacing20.000/wbp.zarr/0/.zarray',
    'p/ExperimentRuns/TS_2/VoxelSpacing10.012/wbp.zarr/0/.zarray',
    'p/ExperimentRuns/TS_2/VoxelSpacing10.012/wbp_sobel_features.zarr/0/.zarray',
    'p/ExperimentRuns/TS_2/Picks/me_0_ribosome.json',
    'p/ExperimentRuns/TS_2/Picks/me_0_apo.json',
    'p/ExperimentRuns/TS_2/Picks/model_7_apo.json',
    'p/ExperimentRuns/TS_2/Segmentations/10.000_me_0_membrane.zarr/0/.zarray',
    'p/ExperimentRuns/TS_1/Picks/me_0_apo.json',
  ]);
  const [first, second] = runs;
  expect(first).toEqual({
    name: 'TS_1',
    tomograms: [],
    picks: [{ by: 'me_0', files: ['p/ExperimentRuns/TS_1/Picks/me_0_apo.json'] }],
  });
  expect(second.tomograms).toEqual([
    'p/ExperimentRuns/TS_2/VoxelSpacing10.012/wbp.zarr/',
    'p/ExperimentRuns/TS_2/VoxelSpacing20.000/wbp.zarr/',
  ]);
  const names = second.picks.map(({ files }) => files.map((path) => path.split('/').at(-1)));
  expect(names).toEqual([['me_0_apo.json', 'me_0_ribosome.json'], ['model_7_apo.json']]);
  // A run's own folder is a project of one.
  expect(copickRuns(['TS_2/Picks/me_0_apo.json'])).toMatchObject([{ name: 'TS_2' }]);
  expect(copickRuns(['TS_2.zarr/0/.zarray', 'picks.json'])).toEqual([]);
});

test.each([
  [['me_0'], 'me_0', null, null],
  [['me_0', 'you_1'], 'me_0', 'you_1', 'The picks of me_0 are taken; there are others by you_1.'],
  [
    ['gt_0', 'me_0', 'you_1'],
    'me_0',
    'gt_0',
    'The picks of me_0 are taken; there are others by gt_0, you_1.',
  ],
  [
    ['a_0', 'b_0', 'curation_0'],
    'a_0',
    'curation_0',
    'The picks of a_0 are taken; there are others by b_0, curation_0.',
  ],
])(
  'copick: of picks by %s those of %s are held against those of %s',
  (makers, own, truth, text) => {
    const picks = makers.map((by) => ({ by, files: [] }));
    const shared = sharedOut(picks);
    expect([shared.own.by, shared.truth?.by ?? null]).toEqual([own, truth]);
    expect(takenText(picks, shared.own)).toBe(text);
  },
);

describe('placing', () => {
  test('a list of a binned tomogram stands in one corner, and the reading that fills it is named', () => {
    const points = Array.from({ length: 12 }, (_, i) => [2 + 3 * i, 1 + 2 * i, 1 + i]);
    const list = listOf(points, { unit: 'voxel', from: 'corner', voxelSize: 10 });
    const { better, findings } = placeParticles(list, grid);
    expect(better).toEqual({ unit: 'voxel', from: 'corner', voxelSize: 80 });
    expect(findings.map(({ message }) => message).join()).toMatch(/one corner of the tomogram/);
  });

  test('a tomogram that has the name of none in the list is named', () => {
    const list = {
      ...listOf([[1, 1, 1]], { unit: 'Å', from: 'corner', voxelSize: null }),
      tomograms: ['TS_1', 'TS_2'].map((name) => ({ name, shape: null, voxelSize: null })),
      tomogram: Int32Array.of(0),
    };
    const said = (file: string, tomogram?: number) =>
      placeParticles(list, grid, { file, tomogram }).findings.map(({ code }) => code);
    expect(said('TS_3.mrc')).toEqual(['tomogram']);
    expect([said('TS_3.mrc', 0), said('TS_1_bin4.mrc')]).toEqual([[], []]);
  });

  test('coordinates that are no numbers are counted, whichever axis they are of', () => {
    const list = listOf(
      [
        [Number.NaN, 1, 1],
        [1, 1, 1],
      ],
      { unit: 'Å', from: 'corner', voxelSize: null },
    );
    expect(placeParticles(list, grid).findings[0].message).toMatch(/^1 particle has coordinates/);
  });

  const grid = { shape: [100, 200, 300], voxelSize: [10, 10, 10] } as const;
  const listOf = (
    points: readonly (readonly number[])[],
    frame: ParticleList['frame'],
  ): ParticleList => ({
    format: 'csv',
    fileName: 'a.csv',
    count: points.length,
    coordinates: Float64Array.from(points.flat()),
    frame,
    rotations: null,
    tomograms: [],
    tomogram: null,
    half: null,
    boxes: null,
    classes: null,
    score: null,
    findings: [],
  });
  const spread = Array.from({ length: 20 }, (_, i) => [15 * i, 10 * i, 5 * i]);
  const voxels = { unit: 'voxel', from: 'corner', voxelSize: null } as const;
  const angstrom = { unit: 'Å', from: 'corner', voxelSize: null } as const;

  test('voxels in Å from the first voxel', () => {
    const placed = placeParticles(listOf(spread, voxels), grid);
    expect(placed.positions[4]).toBe(100);
    expect(placed.better).toBeNull();
    expect(placed.findings).toEqual([]);
  });

  test('Å that were taken for voxels lie outside; the right reading is found', () => {
    const placed = placeParticles(
      listOf(
        spread.map((p) => p.map((v) => 10 * v)),
        voxels,
      ),
      grid,
    );
    expect(placed.better).toEqual(angstrom);
    expect(placed.findings.map(({ code }) => code)).toEqual(['outside', 'units']);
    expect(placed.findings[1].message).toMatch(/meant in Å rather than in the tomogram's voxels/);
  });

  test('voxels that were taken for Å stand in one corner', () => {
    const placed = placeParticles(listOf(spread, angstrom), grid);
    expect(placed.better).toEqual(voxels);
    expect(placed.findings.map(({ code }) => code)).toEqual(['units']);
  });

  test('coordinates at four times the tomogram’s sampling', () => {
    const placed = placeParticles(
      listOf(
        spread.map((p) => p.map((v) => 4 * v)),
        voxels,
      ),
      grid,
    );
    expect(placed.better).toEqual({ unit: 'voxel', from: 'corner', voxelSize: 2.5 });
  });

  test('a few outside are only counted', () => {
    const placed = placeParticles(listOf([...spread, [400, 0, 0]], voxels), grid);
    expect(placed.better).toBeNull();
    expect(placed.findings[0].message).toBe(
      '1 of 21 particles stand outside the tomogram and are left out.',
    );
  });
});

describe('damaged lists', () => {
  const STAR =
    'data_particles\n\nloop_\n_rlnTomoName #1\n_rlnCoordinateX #2\n_rlnCoordinateY #3\n_rlnCoordinateZ #4\n';
  const read = (name: string, text: string) => {
    const { coordinates, findings } = readParticles({ name, bytes: encodeUtf8(text) });
    const said = findings.filter(({ severity }) => severity === 'warning');
    return { at: [...coordinates], said: said.map(({ message }) => message).join(' ') };
  };
  const ROWS = 'TS_1 1 2 3\nTS_1 4 5 6\n';

  test.each([
    ['a byte order mark', `\uFEFF${STAR}${ROWS}`],
    ['CRLF', (STAR + ROWS).replaceAll('\n', '\r\n')],
    ['a comment between rows', `${STAR}TS_1 1 2 3\n# added\nTS_1 4 5 6\n`],
    ['a blank line between rows', `${STAR}TS_1 1 2 3\n\n\nTS_1 4 5 6\n`],
    ['another table behind it', `${STAR}${ROWS}\ndata_b\nloop_\n_x #1\n1\n`],
  ])('%s does not matter', (_, text) => {
    expect(read('a.star', text).at).toEqual([1, 2, 3, 4, 5, 6]);
  });

  test.each([
    [
      'a.star',
      `${STAR}TS_1 1 2 3\nTS_1 4\n`,
      /1 of 2 rows is damaged and left out: row 2 of data_particles has 2 of 4 values/,
    ],
    [
      'a.star',
      `${STAR}TS_1 1 2 3\nTS_1 4 b 6\n`,
      /row 2 of data_particles has "b" for _rlnCoordinateY/,
    ],
    ['a.csv', 'x,y,z\n1,2,3\n4,,6\n', /1 of 2 rows is damaged and left out: row 2 has "" for y/],
    ['a.csv', 'x,y,z\n1,2,3\nNaN,5,6\n', /row 2 has "NaN" for x/],
    ['a.coords', '1 2 3\n4 5\n', /row 2 has "" for z/],
  ])('a damaged row of %s is named, the others are read', (name, text, said) => {
    const found = read(name, text);
    expect(found.at).toEqual([1, 2, 3, Number.NaN, Number.NaN, Number.NaN]);
    expect(found.said).toMatch(said);
  });

  test('a list of damaged rows alone is refused', () => {
    expect(() => read('a.star', `${STAR}TS_1 x 2 3\n`)).toThrow(
      /a.star: row 1 of data_particles has "x"/,
    );
    expect(() => read('a.csv', 'x,y,z\na,b,c\n')).toThrow(/a.csv: row 1 has "a" for x/);
  });

  test('of columns of one name the first is taken, and said', () => {
    const star = read('a.star', `${STAR}_rlnCoordinateX #5\nTS_1 1 2 3 9\n`);
    expect(star.at).toEqual([1, 2, 3]);
    expect(star.said).toMatch(/has _rlnCoordinateX more than once/);
    expect(read('a.csv', 'x,y,z,x\n1,2,3,9\n')).toMatchObject({ at: [1, 2, 3] });
  });

  test('decimal commas, blanks and blank lines in tables', () => {
    expect(read('a.csv', 'x;y;z\n1,5;2,5;-3,5\n').at).toEqual([1.5, 2.5, -3.5]);
    expect(read('a.coords', '  1   2 3\n\n# here\n  4 5   6  \n').at).toEqual([1, 2, 3, 4, 5, 6]);
  });

  test('a list of one particle without loop_', () => {
    const text = 'data_\n_rlnCoordinateX 3\n_rlnCoordinateY 4\n_rlnCoordinateZ 5\n';
    expect(read('a.star', text).at).toEqual([3, 4, 5]);
  });
});
