/** What a backbone is at one residue. */
export const BACKBONE = { none: 0, coil: 1, helix: 2, strand: 3, nucleic: 4 } as const;

/** One point for each residue, in their order: C-alpha atoms of proteins, phosphorus of nucleic acids. */
export interface Trace {
  /** Å, `[points * 3]`. */
  readonly positions: Float32Array;
  /** A {@link BACKBONE} of each point, none of them `none`. */
  readonly kinds: Uint8Array;
  readonly chains: Uint16Array;
}

/** A tube along each backbone: flat and wide along helices, flat with an arrow's head along strands. */
export interface Ribbon {
  /** Å, `[vertices * 3]`. */
  readonly positions: Float32Array;
  readonly normals: Float32Array;
  readonly indices: Uint32Array;
  /** Of each vertex. */
  readonly chains: Uint16Array;
}

/** Å between neighbours on one backbone: 3.8 and some 6 usually. A gap ends the tube. */
const FARTHEST = { protein: 4.6, nucleic: 8.5 };

/** Å: half the width and half the thickness. */
const SIZES: readonly (readonly [number, number])[] = [
  [0, 0],
  [0.9, 0.9],
  [2.2, 0.7],
  [1.9, 0.7],
  [1.6, 1.6],
];
/** Å: half the width of an arrow's head where it is widest. */
const HEAD = 3.2;

/** Rings for each residue and corners of each ring, the finest first. */
const DETAIL = [
  { steps: 4, sides: 8 },
  { steps: 3, sides: 6 },
  { steps: 2, sides: 6 },
  { steps: 2, sides: 4 },
  { steps: 1, sides: 4 },
  { steps: 1, sides: 3 },
] as const;
/** Several views draw it, each on its own, also without a graphics card. */
const MOST_VERTICES = 120_000;

type Vector = [number, number, number];

/** The ribbon of a trace; null where there is no backbone, or far more of it than can be drawn. */
export function ribbonOf(trace: Trace): Ribbon | null {
  const parts = partsOf(trace);
  const points = parts.reduce((sum, { from, to }) => sum + to - from, 0);
  const detail = DETAIL.find(({ steps, sides }) => points * steps * sides <= MOST_VERTICES);
  if (points === 0 || !detail) return null;
  const { steps, sides } = detail;
  const rings = parts.reduce((sum, { from, to }) => sum + (to - from - 1) * steps + 1, 0);
  const positions = new Float32Array(3 * rings * sides);
  const normals = new Float32Array(positions.length);
  const chains = new Uint16Array(rings * sides);
  const indices = new Uint32Array(6 * sides * (rings - parts.length));
  let vertex = 0;
  let corner = 0;
  for (const part of parts) {
    const frames = framesOf(trace, part, steps);
    chains.fill(trace.chains[part.from], vertex, vertex + frames.length * sides);
    frames.forEach(({ centre, side, normal, width, thickness }, ring) => {
      for (let i = 0; i < sides; i++, vertex++) {
        const angle = (2 * Math.PI * i) / sides;
        const [c, s] = [Math.cos(angle), Math.sin(angle)];
        // Normals of an ellipse.
        const [nc, ns] = [c * thickness, s * width];
        const length = Math.hypot(nc, ns);
        for (let axis = 0; axis < 3; axis++) {
          const at = 3 * vertex + axis;
          positions[at] = centre[axis] + c * width * side[axis] + s * thickness * normal[axis];
          normals[at] = (nc * side[axis] + ns * normal[axis]) / length;
        }
        if (ring === 0) continue;
        const next = vertex - i + ((i + 1) % sides);
        indices.set([vertex - sides, next - sides, vertex, vertex, next - sides, next], corner);
        corner += 6;
      }
    });
  }
  return { positions, normals, indices, chains };
}

interface Part {
  readonly from: number;
  /** The first point behind it. */
  readonly to: number;
}

/** Runs of at least two points of one chain without a gap. */
function partsOf({ positions, kinds, chains }: Trace): Part[] {
  const parts: Part[] = [];
  const nucleic = (i: number) => kinds[i] === BACKBONE.nucleic;
  const joined = (i: number) => {
    if (chains[i] !== chains[i - 1] || nucleic(i) !== nucleic(i - 1)) return false;
    const far = Math.hypot(
      ...[0, 1, 2].map((axis) => positions[3 * i + axis] - positions[3 * i - 3 + axis]),
    );
    return far <= (nucleic(i) ? FARTHEST.nucleic : FARTHEST.protein);
  };
  for (let from = 0, to = 1; to <= kinds.length; to++) {
    if (to < kinds.length && joined(to)) continue;
    if (to - from > 1) parts.push({ from, to });
    from = to;
  }
  return parts;
}

/** A cross-section: an ellipse across the tube. */
interface Frame {
  readonly centre: Vector;
  readonly side: Vector;
  readonly normal: Vector;
  readonly width: number;
  readonly thickness: number;
}

function framesOf({ positions, kinds }: Trace, { from, to }: Part, steps: number): Frame[] {
  const count = to - from;
  const raw = Array.from({ length: count }, (_, i): Vector => {
    const at = 3 * (from + i);
    return [positions[at], positions[at + 1], positions[at + 2]];
  });
  const kind = (i: number) => kinds[from + Math.min(count - 1, Math.max(0, i))];
  const sides = sidesOf(raw);
  // Strands zigzag from residue to residue; their ribbon runs in between.
  const points = raw.map((point, i): Vector => {
    const inside = kind(i) === BACKBONE.strand && i > 0 && i < count - 1;
    return inside ? mixed(point, mixed(raw[i - 1], raw[i + 1], 0.5), 0.5) : point;
  });
  const size = (i: number): readonly [number, number] => {
    const [width, thickness] = SIZES[kind(i)];
    const ends = kind(i) === BACKBONE.strand && kind(i + 1) !== BACKBONE.strand;
    const head =
      kind(i) === BACKBONE.strand && !ends && i + 2 < count + 1 && kind(i + 2) !== BACKBONE.strand;
    return ends
      ? [SIZES[BACKBONE.coil][0], thickness]
      : head
        ? [HEAD, thickness]
        : [width, thickness];
  };
  const frames: Frame[] = [];
  for (let i = 0; i < count; i++) {
    const last = i === count - 1;
    for (let k = 0; k < (last ? 1 : steps); k++) {
      const t = k / steps;
      const near = [i - 1, i, i + 1, i + 2].map((j) => points[Math.min(count - 1, Math.max(0, j))]);
      const tangent = unit(slope(near, t)) ?? [0, 0, 1];
      const wanted = mixed(sides[i], sides[Math.min(count - 1, i + 1)], t);
      const along = dot(wanted, tangent);
      const side =
        unit([0, 1, 2].map((axis) => wanted[axis] - along * tangent[axis]) as Vector) ??
        across(tangent);
      const [[w0, t0], [w1, t1]] = [size(i), size(last ? i : i + 1)];
      frames.push({
        ...{ centre: curve(near, t), side, normal: cross(tangent, side) },
        ...{ width: w0 + t * (w1 - w0), thickness: t0 + t * (t1 - t0) },
      });
    }
  }
  return frames;
}

/**
 * Where the ribbon is wide: across the plane in which the backbone bends, along the axis of a helix and towards the
 * neighbours of a strand.
 */
function sidesOf(points: readonly Vector[]): Vector[] {
  let before: Vector | null = null;
  const found = points.map((point, i): Vector | null => {
    if (i === 0 || i === points.length - 1) return null;
    const side = unit(cross(minus(point, points[i - 1]), minus(points[i + 1], point)));
    if (!side) return before;
    before = before && dot(before, side) < 0 ? [-side[0], -side[1], -side[2]] : side;
    return before;
  });
  const first = found.find((side) => side !== null) ?? across(minus(points[1], points[0]));
  let last = first;
  return found.map((side) => (last = side ?? last));
}

/** Catmull-Rom through the two middle ones of four points. */
function curve([a, b, c, d]: readonly Vector[], t: number): Vector {
  return [0, 1, 2].map(
    (i) =>
      b[i] +
      (t / 2) *
        (c[i] -
          a[i] +
          t * (2 * a[i] - 5 * b[i] + 4 * c[i] - d[i] + t * (3 * (b[i] - c[i]) + d[i] - a[i]))),
  ) as Vector;
}

function slope([a, b, c, d]: readonly Vector[], t: number): Vector {
  return [0, 1, 2].map(
    (i) =>
      (c[i] - a[i]) / 2 +
      t * (2 * a[i] - 5 * b[i] + 4 * c[i] - d[i]) +
      1.5 * t * t * (3 * (b[i] - c[i]) + d[i] - a[i]),
  ) as Vector;
}

const dot = (a: Vector, b: Vector) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
const minus = (a: Vector, b: Vector): Vector => [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
const mixed = (a: Vector, b: Vector, t: number): Vector => [
  a[0] + t * (b[0] - a[0]),
  a[1] + t * (b[1] - a[1]),
  a[2] + t * (b[2] - a[2]),
];
const cross = (a: Vector, b: Vector): Vector => [
  a[1] * b[2] - a[2] * b[1],
  a[2] * b[0] - a[0] * b[2],
  a[0] * b[1] - a[1] * b[0],
];
function unit(a: Vector): Vector | null {
  const length = Math.hypot(...a);
  return length > 1e-6 ? [a[0] / length, a[1] / length, a[2] / length] : null;
}
/** Some direction across another one. */
function across(a: Vector): Vector {
  const [x, y, z] = a.map(Math.abs);
  return unit(cross(a, x <= y && x <= z ? [1, 0, 0] : y <= z ? [0, 1, 0] : [0, 0, 1])) ?? [1, 0, 0];
}
