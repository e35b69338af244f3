import { describe, expect, it } from 'vitest';
import { validate } from '../schema/index.ts';
import { aimSchema, aimToJson } from './aimJson.ts';
import { readArchive, writeArchive } from './archive.ts';
import { type Aim, DEFAULT_AIM, mapPanel, type Panel } from './index.ts';
import { panelsSchema, panelsToJson } from './panelJson.ts';

const through = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

const AIMS: readonly Aim[] = [
  DEFAULT_AIM,
  { output: 'fc1', target: { kind: 'value' }, statistics: 'frozen' },
  { output: null, target: { kind: 'difference', against: 4 }, statistics: null },
  ...(
    [
      { kind: 'predicted' },
      { kind: 'ball', centre: [1, 2, 3.5], radius: 2.5 },
      { kind: 'box', from: [0, 0, 0], to: [4, 5, 6] },
      { kind: 'mask', voxels: Uint8Array.of(0, 1, 255, 7) },
    ] as const
  ).map((region): Aim => ({ ...DEFAULT_AIM, target: { kind: 'segmentation', region } })),
  { ...DEFAULT_AIM, target: { kind: 'similarity', reference: Float32Array.of(0.1, -2e9) } },
  {
    ...DEFAULT_AIM,
    target: {
      ...{ kind: 'similarity', reference: Float32Array.of(1, 2, 3, 4) },
      names: ['a.mrc', 'v.npy'],
    },
  },
];

describe('aims as JSON', () => {
  it.each(AIMS)('come back as they were: %j', (aim) => {
    expect(validate(aimSchema, through(aimToJson(aim)), 'x')).toEqual(aim);
  });

  it('are refused in a sentence where they are none', () => {
    const bad = { ...DEFAULT_AIM, target: { kind: 'similarity', reference: 'AAA=' } };
    expect(() => validate(aimSchema, bad, 'x.json')).toThrow(/^x\.json: "target/);
    const reference = Float32Array.of(1, 2, 3);
    const uneven = { ...DEFAULT_AIM, target: { kind: 'similarity', reference, names: ['a', 'b'] } };
    const json = through(aimToJson(uneven as Aim));
    expect(() => validate(aimSchema, json, 'x.json')).toThrow('with a name each');
  });
});

describe('panels as JSON', () => {
  const panels: readonly Panel[] = [
    mapPanel('p1', 'grad'),
    mapPanel('p2', 'respond', {
      layer: 'conv3',
      classIndex: 4,
      network: 'cnn-2-inf',
      aim: AIMS[6],
    }),
    { id: 'p3', shows: 'difference', kind: 'shells', of: ['p1', 'p2'] },
    { id: 'p4', shows: 'specific', kind: 'slices', of: ['p2'] },
  ];

  it('come back as they were', () => {
    expect(validate(panelsSchema, through(panelsToJson(panels)), 'x')).toEqual(panels);
  });

  it('have ids of their own, and differences of panels that are there', () => {
    const twice = [panels[0], panels[0]];
    expect(() => validate(panelsSchema, twice, 'x')).toThrow('ids of their own');
    expect(() => validate(panelsSchema, [panels[2]], 'x')).toThrow('differences of such');
  });
});

describe('archives', () => {
  it('come back as they were', () => {
    const files = new Map([
      [0, { name: 'a b.mrc', bytes: Uint8Array.of(1, 2, 3) }],
      [3, { name: 'model.onnx', bytes: new Uint8Array(1000) }],
    ]);
    const session = { version: 1, name: '細胞' };
    expect(readArchive(writeArchive({ session, files }), 'x')).toEqual({ session, files });
  });

  it('are refused in a sentence where they are none', () => {
    expect(() => readArchive(new Uint8Array(50), 'x.respond-cam')).toThrow(/^x\.respond-cam: /);
    const zip = writeArchive({ session: {}, files: new Map() });
    expect(() => readArchive(zip.subarray(0, 40), 'x.respond-cam')).toThrow(/^x\.respond-cam: /);
  });
});
