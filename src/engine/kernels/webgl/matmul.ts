import type { MathBackendWebGL } from '@tensorflow/tfjs-backend-webgl';
import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { Product } from '../products.ts';
import { draw, type Mode, type Pass } from './draw.ts';
import {
  assertFits,
  isPacked,
  logicalShape,
  makeQuads,
  maxEdge,
  type Quads,
  runPacked,
} from './quads.ts';

/** Fragments that keep a device busy; more slabs only add sums. */
const WANTED_FRAGMENTS = 8192;
/** Steps of two along the inner size that a slab takes at least. */
const LEAST_STEPS = 32;

/**
 * A matrix in blocks of 2 x 2, as tfjs packs it. One too high or too wide for a texture is folded: block
 * (r, c) is at column `(r div rows) * columns + c mod columns`, row `(c div columns) * rows + r mod rows`.
 */
interface Folded extends Quads {
  readonly rows: number;
  readonly columns: number;
}

/**
 * Each pixel has `down x across` blocks of the product, one in each texture, for one slab of the inner size:
 *
 * ```
 *   column = block column div across,  row = slab * rows + block row div down
 * ```
 */
interface Tiles extends Quads {
  readonly down: number;
  readonly across: number;
  readonly rows: number;
  readonly slabs: number;
  /** Blocks along the inner size in one slab. */
  readonly steps: number;
}

/** The slabs' sums are added in a fixed order. */
export function matMul(
  backend: MathBackendWebGL,
  { a, b, bias, relu, m, n, k, transposeA, transposeB, outShape }: Product,
  { targets, mostWork }: Mode,
): TensorInfo {
  const [a0, a1] = a.shape.slice(-2);
  const [b0, b1] = b.shape.slice(-2);
  const tiles = planTiles(m, n, k, targets);
  const left = fold(backend, a, a0, a1);
  const right = fold(backend, b, b0, b1);
  const parts = Array.from({ length: tiles.down * tiles.across }, () => makeQuads(backend, tiles));
  const pass = productPass(tiles, left.layout, right.layout, k, transposeA, transposeB);
  const rows = Math.ceil((tiles.height * mostWork) / (m * n * k));
  draw(backend, pass, [left.info, right.info], parts, tiles, rows);
  const y = total(backend, tiles, parts, bias, relu, [m, n]);
  for (const { info, own } of [left, right]) if (own) backend.disposeData(info.dataId);
  for (const { dataId } of parts) backend.disposeData(dataId);
  return { ...y, shape: outShape };
}

function planTiles(m: number, n: number, k: number, targets: number): Tiles {
  const high = Math.ceil(m / 2);
  const wide = Math.ceil(n / 2);
  const shapes = [1, 2, 4, 8].flatMap((down) =>
    [1, 2, 4, 8].map((across) => ({ down, across })).filter((t) => t.down * t.across <= targets),
  );
  const cost = ({ down, across }: { down: number; across: number }) =>
    Math.ceil(high / down) * Math.ceil(wide / across) * (down + across + 0.5 * down * across);
  const { down, across } = shapes.reduce((best, t) => (cost(t) < cost(best) ? t : best));
  const rows = Math.ceil(high / down);
  const width = Math.ceil(wide / across);
  const all = Math.ceil(k / 2);
  const wanted = Math.ceil(WANTED_FRAGMENTS / (rows * width));
  const most = Math.max(1, Math.floor(Math.min(all / LEAST_STEPS, maxEdge() / rows)));
  const steps = Math.ceil(all / Math.min(wanted, most));
  const slabs = Math.ceil(all / steps);
  const tiles = { down, across, rows, slabs, steps, width, height: rows * slabs };
  assertFits(tiles, `A product of ${m} x ${k} by ${k} x ${n} numbers`);
  return tiles;
}

/** The operand as it is, where tfjs holds it so, or a copy of it. */
function fold(
  backend: MathBackendWebGL,
  x: TensorInfo,
  rows: number,
  columns: number,
): { info: TensorInfo; layout: Folded; own: boolean } {
  const matrix = { ...x, shape: [rows, columns] };
  const high = Math.ceil(rows / 2);
  const wide = Math.ceil(columns / 2);
  const { texture, isPacked: packed, shape, texShape = [] } = backend.texData.get(x.dataId);
  const size = texShape.map((edge) => Math.ceil(edge / 2));
  const same = texture && packed && util.arraysEqual(shape.slice(-2), [rows, columns]);
  if (same && util.arraysEqual(size, [high, wide]))
    return {
      info: x,
      layout: { rows: high, columns: wide, width: wide, height: high },
      own: false,
    };
  const down = Math.ceil(high / maxEdge());
  const across = Math.ceil(wide / maxEdge());
  const folded = { rows: Math.ceil(high / down), columns: Math.ceil(wide / across) };
  const layout = { ...folded, width: down * folded.columns, height: across * folded.rows };
  assertFits(layout, `A matrix of ${rows} x ${columns} numbers`);
  const asBlocks = isPacked(backend, x);
  const single = (i: number, row: string, column: string) =>
    `if (${row} < ${rows} && ${column} < ${columns}) { value[${i}] = getX(${row}, ${column}); }`;
  const userCode = `
void main() {
  ivec2 at = ivec2(gl_FragCoord.xy);
  ivec2 fold = at / ivec2(${layout.columns}, ${layout.rows});
  int c = (fold.y * ${layout.columns} + at.x - fold.x * ${layout.columns}) * 2;
  int r = (fold.x * ${layout.rows} + at.y - fold.y * ${layout.rows}) * 2;
  vec4 value = vec4(0.0);
  ${
    asBlocks
      ? `if (r < ${rows} && c < ${columns}) { value = getX(r, c); }`
      : [
          single(0, 'r', 'c'),
          single(1, 'r', 'c + 1'),
          single(2, 'r + 1', 'c'),
          single(3, 'r + 1', 'c + 1'),
        ].join('\n  ')
  }
  setOutput(value);
}`;
  const info = runPacked(backend, ['X'], [matrix], logicalShape(layout), userCode, asBlocks);
  return { info, layout, own: true };
}

const range = (n: number) => Array.from({ length: n }, (_, i) => i);

/** How `count` neighbours of an operand are walked along the inner size: GLSL. */
interface Walk {
  readonly start: string;
  readonly at: (i: number) => string;
  readonly advance: string;
}

/** Along the operand's rows or its columns; `name` and `name`Fold hold where it is, `first` its first row or column. */
function walk(name: string, first: string, count: number, byRows: boolean, folded: boolean): Walk {
  const locate = (i: number) => {
    const other = i === 0 ? first : `${first} + ${i}`;
    return `locate(${name}Fold, ${byRows ? `begin, ${other}` : `${other}, begin`})`;
  };
  if (!folded) {
    return {
      start: `ivec2 ${name}0 = ${locate(0)};`,
      at: (i) => `${name}0 + ivec2(${byRows ? `${i}, 0` : `0, ${i}`})`,
      advance: `${name}0.${byRows ? 'y' : 'x'}++;`,
    };
  }
  const next = (p: string) =>
    byRows
      ? `if (++${p}.y == ${name}Fold.x) { ${p} = ivec2(${p}.x + ${name}Fold.y, 0); }`
      : `if (++${p}.x == ${name}Fold.y) { ${p} = ivec2(0, ${p}.y + ${name}Fold.x); }`;
  const all = range(count).map((i) => `${name}${i}`);
  return {
    start: all.map((p, i) => `ivec2 ${p} = ${locate(i)};`).join(' '),
    at: (i) => `${name}${i}`,
    advance: all.map(next).join(' '),
  };
}

function productPass(
  tiles: Tiles,
  a: Folded,
  b: Folded,
  k: number,
  transposeA: boolean,
  transposeB: boolean,
): Pass {
  const odd = k % 2 === 1;
  const folded = [a, b].map(({ rows, columns, width, height }) => width * height > rows * columns);
  const walks = {
    a: walk('a', 'high', tiles.down, transposeA, folded[0]),
    b: walk('b', 'wide', tiles.across, !transposeB, folded[1]),
  };
  return {
    key: `product ${tiles.down} ${tiles.across} ${transposeA} ${transposeB} ${odd} ${folded}`,
    targets: tiles.down * tiles.across,
    inputs: ['a', 'b'],
    uniforms: {
      // Rows of tiles in a slab, steps of a slab, steps in all.
      slabs: [tiles.rows, tiles.steps, Math.ceil(k / 2)],
      aFold: [a.rows, a.columns, 0],
      bFold: [b.rows, b.columns, 0],
    },
    code: () => source(tiles, walks, transposeA, transposeB, odd),
  };
}

function source(
  { down, across }: Tiles,
  walks: { a: Walk; b: Walk },
  transposeA: boolean,
  transposeB: boolean,
  odd: boolean,
): string {
  // What of a block belongs to the first and to the second index along the inner size.
  const [first, second] = transposeA ? ['xxyy', 'zzww'] : ['xxzz', 'yyww'];
  const [upper, lower] = transposeB ? ['xzxz', 'ywyw'] : ['xyxy', 'zwzw'];
  const step = (last: boolean) => `
    ${range(down)
      .map((i) => `vec4 u${i} = texelFetch(a, ${walks.a.at(i)}, 0);`)
      .join(' ')}
    ${range(across)
      .map((j) => `vec4 v${j} = texelFetch(b, ${walks.b.at(j)}, 0);`)
      .join(' ')}
    ${range(down)
      .flatMap((i) =>
        range(across).map((j) => {
          const product = `u${i}.${first} * v${j}.${upper}`;
          const rest = last ? '' : ` + u${i}.${second} * v${j}.${lower}`;
          return `s${i * across + j} += ${product}${rest};`;
        }),
      )
      .join('\n    ')}`;
  return `
ivec2 locate(ivec3 fold, int r, int c) {
  int right = r / fold.x;
  int below = c / fold.y;
  return ivec2(right * fold.y + c - below * fold.y, below * fold.x + r - right * fold.x);
}
void main() {
  ivec2 pixel = ivec2(gl_FragCoord.xy);
  int slab = pixel.y / slabs.x;
  int high = (pixel.y - slab * slabs.x) * ${down};
  int wide = pixel.x * ${across};
  int begin = slab * slabs.y;
  int end = min(begin + slabs.y, slabs.z);
  ${walks.a.start}
  ${walks.b.start}
  ${range(down * across)
    .map((i) => `vec4 s${i} = vec4(0.0);`)
    .join(' ')}
  for (int i = begin; i < end${odd ? ' && i < slabs.z - 1' : ''}; i++) {${step(false)}
    ${walks.a.advance}
    ${walks.b.advance}
  }
  ${odd ? `if (end == slabs.z) {${step(true)}\n  }` : ''}
  ${range(down * across)
    .map((i) => `y${i} = s${i};`)
    .join(' ')}
}`;
}

/** The sum of all slabs, with bias and ReLU, as a packed matrix. */
function total(
  backend: MathBackendWebGL,
  { down, across, rows, slabs }: Tiles,
  parts: TensorInfo[],
  bias: TensorInfo | undefined,
  relu: boolean,
  [m, n]: [number, number],
): TensorInfo {
  const names = parts.map((_, i) => `part${i}`);
  const chain = names.reduceRight(
    (rest, name, i) =>
      rest === ''
        ? `texelFetch(${name}, p, 0)`
        : `which == ${i} ? texelFetch(${name}, p, 0) : ${rest}`,
    '',
  );
  const userCode = `
void main() {
  ivec2 at = getOutputCoords();
  ivec2 block = at / 2;
  ivec2 p = ivec2(block.y / ${across}, block.x / ${down});
  int which = (block.x - p.y * ${down}) * ${across} + block.y - p.x * ${across};
  vec4 value = vec4(0.0);
  for (int slab = 0; slab < ${slabs}; slab++) {
    value += ${chain};
    p.y += ${rows};
  }
  ${bias ? 'value += getBias(at.y).xyxy;' : ''}
  ${relu ? 'value = mix(value, vec4(0.0), lessThan(value, vec4(0.0)));' : ''}
  ${m % 2 === 1 ? `if (at.x + 1 >= ${m}) { value.zw = vec2(0.0); }` : ''}
  ${n % 2 === 1 ? `if (at.y + 1 >= ${n}) { value.yw = vec2(0.0); }` : ''}
  setOutput(value);
}`;
  const row = bias && { ...bias, shape: [n] };
  return runPacked(
    backend,
    row ? [...names, 'bias'] : names,
    row ? [...parts, row] : parts,
    [m, n],
    userCode,
    true,
  );
}
