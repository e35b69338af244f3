import { GLTFLoader } from 'three/examples/jsm/loaders/GLTFLoader.js';
import { STLLoader } from 'three/examples/jsm/loaders/STLLoader.js';
import { Box3, type Mesh, type MeshStandardMaterial } from 'three';
import { describe, expect, it } from 'vitest';
import { isosurface } from '../surface/isosurface.ts';
import { meshVolume } from '../surface/mesh.ts';
import { type NamedSurface, writeChimeraX, writeGlb, writeStl, writeWebm } from './index.ts';

/** A ball of `level` voxels around the middle of a box that starts at (100, 200, -300) Å. */
function ball(radius: number): NamedSurface {
  const n = 16;
  const data = new Float32Array(n ** 3);
  for (let z = 0, i = 0; z < n; z++)
    for (let y = 0; y < n; y++)
      for (let x = 0; x < n; x++, i++) data[i] = 8 - Math.hypot(x - 7.5, y - 7.5, z - 7.5);
  const volume = {
    data,
    shape: [n, n, n],
    voxelSize: [10, 10, 10],
    origin: [100, 200, -300],
  } as const;
  const mesh = isosurface(volume, 8 - radius);
  return { ...mesh, name: `ball ${radius}`, color: [219, 66, 42], opacity: 0.5 };
}

const balls = [ball(2), ball(5)];

function boundsOf({ positions }: NamedSurface): number[] {
  const at = (axis: number) => Array.from(positions).filter((_, i) => i % 3 === axis);
  return [
    ...[0, 1, 2].map((axis) => Math.min(...at(axis))),
    ...[0, 1, 2].map((axis) => Math.max(...at(axis))),
  ];
}

describe('writeGlb', () => {
  it('is read by another program with the same vertices, bounds in Å and colours', async () => {
    const bytes = writeGlb(balls, 'Respond-CAM');
    const { scene, asset } = await new GLTFLoader().parseAsync(bytes.buffer, '');
    expect(asset.extras).toEqual({ unit: 'Å' });
    const meshes = scene.children as Mesh[];
    expect(meshes.map(({ name }) => name)).toEqual(['ball_2', 'ball_5']);
    meshes.forEach((mesh, i) => {
      const { position, normal } = mesh.geometry.attributes;
      expect(Array.from(position.array)).toEqual(Array.from(balls[i].positions));
      expect(Array.from(normal.array)).toEqual(Array.from(balls[i].normals));
      expect(Array.from(mesh.geometry.index!.array)).toEqual(Array.from(balls[i].indices));
      const box = new Box3().setFromObject(mesh);
      expect([...box.min.toArray(), ...box.max.toArray()]).toEqual(boundsOf(balls[i]));
      const { color, opacity, transparent } = mesh.material as MeshStandardMaterial;
      expect(color.getHexString()).toBe('db422a');
      expect([opacity, transparent]).toEqual([0.5, true]);
    });
  });

  it('leaves out surfaces without triangles', async () => {
    const none = { ...balls[0], positions: new Float32Array(), indices: new Uint32Array() };
    const { scene } = await new GLTFLoader().parseAsync(writeGlb([none], 'x').buffer, '');
    expect(scene.children).toEqual([]);
  });
});

describe('writeStl', () => {
  it('is read by another program with all triangles, facing outwards', () => {
    const geometry = new STLLoader().parse(writeStl(balls, 'two balls').buffer);
    const { position, normal } = geometry.attributes;
    const triangles = balls.reduce((sum, { indices }) => sum + indices.length / 3, 0);
    expect(position.count).toBe(3 * triangles);
    geometry.computeBoundingBox();
    const { min, max } = geometry.boundingBox!;
    expect([...min.toArray(), ...max.toArray()]).toEqual(boundsOf(balls[1]));
    const positions = position.array as Float32Array;
    const indices = Uint32Array.from({ length: position.count }, (_, i) => i);
    const volume = balls.reduce((sum, one) => sum + meshVolume(one), 0);
    expect(meshVolume({ positions, normals: positions, indices }) / volume).toBeCloseTo(1, 5);
    // Outwards from the centre of the balls, (175, 275, -225) Å.
    for (let i = 0; i < position.count; i += 3) {
      const out = [position.getX(i) - 175, position.getY(i) - 275, position.getZ(i) + 225];
      const n = [normal.getX(i), normal.getY(i), normal.getZ(i)];
      expect(out[0] * n[0] + out[1] * n[1] + out[2] * n[2]).toBeGreaterThan(0);
    }
  });
});

describe('writeChimeraX', () => {
  it('opens each map and gives every level its colour', () => {
    const text = writeChimeraX(
      [
        {
          file: 'a.density.mrc',
          name: 'GroEL "0.1"',
          surfaces: [{ level: -1.25, color: [184, 189, 196], opacity: 0.16 }],
        },
        {
          file: 'a.respond.mrc',
          name: 'Respond-CAM',
          surfaces: [
            { level: -1.2e-7, color: [41, 110, 192], opacity: 1 },
            { level: 0.0025, color: [219, 66, 42], opacity: 0.5 },
          ],
        },
      ],
      'Respond-CAM of\nGroEL',
      [0, 0, 0, 1],
    );
    expect(text.split('\n')).toEqual([
      '# Respond-CAM of GroEL',
      `open "a.density.mrc" id #101 name "GroEL '0.1'"`,
      'volume #101 style surface step 1 level -1.25 color #b8bdc429',
      'open "a.respond.mrc" id #102 name "Respond-CAM"',
      'volume #102 style surface step 1 level -0.00000012 color #296ec0ff level 0.0025 color #db422a80',
      'set bgColor white',
      'lighting soft',
      'camera ortho',
      'view matrix camera 1,0,0,0,0,1,0,0,0,0,1,0',
      'view',
      '',
    ]);
  });
});

/** Elements of a part of a Matroska file: id, and where its content lies. */
function elements(bytes: Uint8Array, from: number, to: number) {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const found: { id: number; start: number; from: number; to: number }[] = [];
  for (let at = from; at < to; ) {
    const length = Math.clz32(bytes[at]) - 23;
    let id = 0;
    for (let i = 0; i < length; i++) id = id * 256 + bytes[at + i];
    const start = at + length + 8;
    const size = Number(view.getBigUint64(at + length) & ~(1n << 56n));
    found.push({ id, start: at, from: start, to: start + size });
    at = start + size;
  }
  return found;
}

describe('writeWebm', () => {
  it('puts its index where its clusters are', () => {
    const frames = Array.from({ length: 10 }, (_, i) => ({
      data: new Uint8Array([i, i]),
      time: i * 40,
      key: i % 5 === 0,
    }));
    const track = { codec: 'V_VP8', width: 64, height: 48, duration: 400 } as const;
    const bytes = writeWebm(frames, track, 'test');
    const [header, segment] = elements(bytes, 0, bytes.length);
    expect([header.id, segment.id, segment.to]).toEqual([0x1a45dfa3, 0x18538067, bytes.length]);
    const parts = elements(bytes, segment.from, segment.to);
    expect(parts.map(({ id }) => id.toString(16))).toEqual([
      ...['1549a966', '1654ae6b', '1c53bb6b', '1f43b675', '1f43b675'],
    ]);
    const clusters = parts.slice(3);
    const cues = elements(bytes, parts[2].from, parts[2].to).map((cue) => {
      const [time, place] = elements(bytes, cue.from, cue.to);
      const [, position] = elements(bytes, place.from, place.to);
      const view = new DataView(bytes.buffer);
      return [view.getUint32(time.from), view.getUint32(position.from)];
    });
    expect(cues).toEqual(clusters.map(({ start }, i) => [i * 200, start - segment.from]));
    const blocks = clusters.flatMap(({ from, to }) => elements(bytes, from, to).slice(1));
    expect(blocks.map(({ from, to }) => Array.from(bytes.subarray(from, to)))).toEqual(
      frames.map(({ data, key }, i) => [0x81, 0, (i % 5) * 40, key ? 0x80 : 0, ...data]),
    );
  });
});
