/**
 * The paper's two networks in float64 with plain loops, sharing no code with the engine: what it computes is
 * held against this. Written from the paper (MICCAI 2018) and the layer names of the topology alone.
 */

/** Weights by `layer/kernel` and `layer/bias`. */
export type TwinWeights = ReadonlyMap<string, Float64Array>;

/** `edge`^3 voxels of `channels` values, channel fastest. */
interface Field {
  readonly edge: number;
  readonly channels: number;
  readonly data: Float64Array;
}

interface Stage {
  readonly name: string;
  readonly output: Field;
  /** Gradient at the input of this stage from the one at its output, and what its biases add. */
  back(dy: Float64Array, rule: Rule): { dx: Float64Array; bias: number };
}

/** What a ReLU hands on: as it is, only what is positive, or what is positive whatever came in. */
type Rule = 'plain' | 'guided' | 'deconvnet';

function throughRelu(dy: Float64Array, output: Float64Array, rule: Rule): Float64Array {
  return dy.map((value, i) => {
    if (rule !== 'plain' && value < 0) return 0;
    return output[i] > 0 || rule === 'deconvnet' ? value : 0;
  });
}

/** One class at one layer. */
export interface TwinMaps {
  /** `sum_l g`. */
  readonly gradient: Float64Array;
  readonly gradpp: Float64Array;
  readonly layercam: Float64Array;
  readonly respond: Float64Array;
  readonly grad: Float64Array;
  readonly hirescam: Float64Array;
  readonly cam: number;
  readonly bias: number;
}

export interface Twin {
  readonly scores: Float64Array;
  /** Names of the layers, from the input to `maxpool2`. */
  readonly layers: readonly string[];
  /** Maps of a class at all of `layers`, or only at the last. */
  explain(index: number, only?: 'last', rule?: Rule): ReadonlyMap<string, TwinMaps>;
}

/** Runs CNN-1, or CNN-2 (`prepooled`), on a volume of `edge`^3 voxels. */
export function runTwin(
  weights: TwinWeights,
  input: ArrayLike<number>,
  edge: number,
  prepooled: boolean,
): Twin {
  const stages: Stage[] = [];
  let field: Field = { edge, channels: 1, data: Float64Array.from(input) };
  const push = (stage: Stage) => {
    stages.push(stage);
    field = stage.output;
  };
  push({ name: 'input', output: field, back: (dy) => ({ dx: dy, bias: 0 }) });
  if (prepooled) push(average(field));
  for (const [convs, pool] of [
    [['conv1', 'conv2'], 'maxpool1'],
    [['conv3', 'conv4'], 'maxpool2'],
  ] as const) {
    for (const name of convs) push(convolution(name, field, weights));
    push(maximum(pool, field));
  }
  const layers = stages.map(({ name }) => name);
  for (const name of ['fc1', 'fc2', 'fc3']) push(dense(name, field, weights, name !== 'fc3'));
  const scores = field.data;
  return {
    scores,
    layers,
    explain(index, only, rule = 'plain') {
      const found = new Map<string, TwinMaps>();
      let dy = new Float64Array(scores.length);
      dy[index] = 1;
      let bias = 0;
      for (let at = stages.length - 1; at >= 0; at--) {
        const { name, output, back } = stages[at];
        if (layers.includes(name)) found.set(name, mapsOf(output, dy, bias));
        if (only === 'last' && name === layers[layers.length - 1]) break;
        const before = back(dy, rule);
        dy = before.dx as Float64Array<ArrayBuffer>;
        bias += before.bias;
      }
      return found;
    },
  };
}

/** Equations 1 and 2 of the paper, with gradient times activation for channels that cancel. */
function mapsOf({ data: a, channels, edge }: Field, g: Float64Array, bias: number): TwinMaps {
  const voxels = edge ** 3;
  const respond = new Float64Array(voxels);
  const grad = new Float64Array(voxels);
  const hirescam = new Float64Array(voxels);
  const gradient = new Float64Array(voxels);
  const gradpp = new Float64Array(voxels);
  const layercam = new Float64Array(voxels);
  let cam = 0;
  for (let l = 0; l < channels; l++) {
    let sum = 0;
    let magnitude = 0;
    let products = 0;
    let gradients = 0;
    for (let v = 0; v < voxels; v++) {
      const i = v * channels + l;
      sum += a[i];
      magnitude += Math.abs(a[i]);
      products += a[i] * g[i];
      gradients += g[i];
    }
    cam += products;
    let plusplus = 0;
    for (let v = 0; v < voxels; v++) {
      const d = g[v * channels + l];
      const denominator = 2 * d ** 2 + sum * d ** 3;
      if (d > 0) plusplus += (d ** 2 / denominator) * d;
    }
    const cancels = magnitude > 0 && magnitude / Math.abs(sum) > 1e4;
    const alpha = products / (sum + voxels * 1e-10);
    for (let v = 0; v < voxels; v++) {
      const i = v * channels + l;
      respond[v] += cancels ? a[i] * g[i] : alpha * a[i];
      grad[v] += (gradients / voxels) * a[i];
      hirescam[v] += a[i] * g[i];
      gradient[v] += g[i];
      gradpp[v] += plusplus * a[i];
      layercam[v] += Math.max(g[i], 0) * a[i];
    }
  }
  const clip = (map: Float64Array) => map.map((value) => Math.max(value, 0));
  return {
    ...{ respond, grad, hirescam, gradient, cam, bias },
    ...{ gradpp: clip(gradpp), layercam: clip(layercam) },
  };
}

/** 3x3x3 with zeros around, then ReLU; the kernel is `[z, y, x, in, out]`. */
function convolution(name: string, input: Field, weights: TwinWeights): Stage {
  const kernel = weights.get(`${name}/kernel`)!;
  const biases = weights.get(`${name}/bias`)!;
  const { edge, channels: inner } = input;
  const outer = biases.length;
  const data = new Float64Array(edge ** 3 * outer);
  for (let v = 0; v < edge ** 3; v++) data.set(biases, v * outer);
  eachTap(edge, (at, from, tap) => {
    for (let i = 0; i < inner; i++) {
      const value = input.data[from * inner + i];
      if (value === 0) continue;
      const row = (tap * inner + i) * outer;
      for (let o = 0; o < outer; o++) data[at * outer + o] += value * kernel[row + o];
    }
  });
  for (let i = 0; i < data.length; i++) data[i] = Math.max(0, data[i]);
  return {
    name,
    output: { edge, channels: outer, data },
    back(dy, rule) {
      const behind = throughRelu(dy, data, rule);
      const dx = new Float64Array(input.data.length);
      eachTap(edge, (at, from, tap) => {
        for (let o = 0; o < outer; o++) {
          const value = behind[at * outer + o];
          if (value === 0) continue;
          for (let i = 0; i < inner; i++) {
            dx[from * inner + i] += value * kernel[(tap * inner + i) * outer + o];
          }
        }
      });
      return { dx, bias: behind.reduce((sum, value, i) => sum + value * biases[i % outer], 0) };
    },
  };
}

/** Calls `visit` for every voxel `at`, and every voxel `from` under the 27 taps that lies in the box. */
function eachTap(edge: number, visit: (at: number, from: number, tap: number) => void): void {
  const index = (z: number, y: number, x: number) => (z * edge + y) * edge + x;
  const inside = (n: number) => n >= 0 && n < edge;
  for (let z = 0; z < edge; z++) {
    for (let y = 0; y < edge; y++) {
      for (let x = 0; x < edge; x++) {
        for (let tap = 0; tap < 27; tap++) {
          const [dz, dy, dx] = [
            Math.floor(tap / 9) - 1,
            (Math.floor(tap / 3) % 3) - 1,
            (tap % 3) - 1,
          ];
          if (!inside(z + dz) || !inside(y + dy) || !inside(x + dx)) continue;
          visit(index(z, y, x), index(z + dz, y + dy, x + dx), tap);
        }
      }
    }
  }
}

/** The eight voxels under voxel `v` of a field of half the edge. */
function under(v: number, half: number): number[] {
  const z = Math.floor(v / half ** 2);
  const y = Math.floor(v / half) % half;
  const x = v % half;
  const edge = 2 * half;
  const found: number[] = [];
  for (let k = 0; k < 8; k++) {
    const [dz, dy, dx] = [k >> 2, (k >> 1) & 1, k & 1];
    found.push(((2 * z + dz) * edge + 2 * y + dy) * edge + 2 * x + dx);
  }
  return found;
}

function average(input: Field): Stage {
  const half = input.edge / 2;
  const data = Float64Array.from({ length: half ** 3 }, (_, v) =>
    under(v, half).reduce((sum, from) => sum + input.data[from] / 8, 0),
  );
  return {
    name: 'prepooling',
    output: { edge: half, channels: 1, data },
    back(dy) {
      const dx = new Float64Array(input.data.length);
      for (let v = 0; v < dy.length; v++) for (const from of under(v, half)) dx[from] = dy[v] / 8;
      return { dx, bias: 0 };
    },
  };
}

/** The first of equal values wins the window. */
function maximum(name: string, input: Field): Stage {
  const { channels } = input;
  const half = input.edge / 2;
  const data = new Float64Array(half ** 3 * channels);
  const winner = new Uint32Array(data.length);
  for (let v = 0; v < half ** 3; v++) {
    const window = under(v, half);
    for (let c = 0; c < channels; c++) {
      let best = window[0] * channels + c;
      for (const from of window) {
        if (input.data[from * channels + c] > input.data[best]) best = from * channels + c;
      }
      winner[v * channels + c] = best;
      data[v * channels + c] = input.data[best];
    }
  }
  return {
    name,
    output: { edge: half, channels, data },
    back(dy) {
      const dx = new Float64Array(input.data.length);
      for (let i = 0; i < dy.length; i++) dx[winner[i]] += dy[i];
      return { dx, bias: 0 };
    },
  };
}

/** The kernel is `[in, out]`; the input is flattened with its channels fastest. */
function dense(name: string, input: Field, weights: TwinWeights, relu: boolean): Stage {
  const kernel = weights.get(`${name}/kernel`)!;
  const biases = weights.get(`${name}/bias`)!;
  const outer = biases.length;
  const data = Float64Array.from(biases);
  for (let i = 0; i < input.data.length; i++) {
    for (let o = 0; o < outer; o++) data[o] += input.data[i] * kernel[i * outer + o];
  }
  if (relu) for (let o = 0; o < outer; o++) data[o] = Math.max(0, data[o]);
  return {
    name,
    output: { edge: 1, channels: outer, data },
    back(dy, rule) {
      const behind = relu ? throughRelu(dy, data, rule) : dy;
      const dx = Float64Array.from(input.data, (_, i) => {
        let sum = 0;
        for (let o = 0; o < outer; o++) sum += behind[o] * kernel[i * outer + o];
        return sum;
      });
      return { dx, bias: behind.reduce((sum, value, o) => sum + value * biases[o], 0) };
    },
  };
}
