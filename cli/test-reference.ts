import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** What the reference computes for one volume; sums, L1 and tau by method. */
export interface ReferenceAnswer {
  readonly scores: number[];
  readonly sums: Record<'respond' | 'grad' | 'hirescam', number[]>;
  readonly l1: Record<'respond' | 'grad' | 'hirescam', number>;
  readonly tau: Record<'respond' | 'grad' | 'hirescam', number>;
}

const SIZE = 8;
const HALF = SIZE / 2;

/**
 * The network `fixtures/cam/single_fc` (8^3 input, two 3x3x3 convolutions with ReLU, max-pooling 2, one
 * linear layer) and its explanations at the pooled layer in plain float64 loops, sharing no code with
 * the engine. There the gradient of a score is a column of the linear layer, so every map sum has a
 * closed form.
 */
export function readSingleFc() {
  const path = new URL('../fixtures/cam/single_fc/tfjs/weights.bin', import.meta.url);
  const all = new Float32Array(new Uint8Array(readFileSync(fileURLToPath(path))).buffer);
  let offset = 0;
  const take = (count: number) => Array.from(all.subarray(offset, (offset += count)));
  const [kernel1, bias1] = [take(27 * 4), take(4)];
  const [kernel2, bias2] = [take(27 * 4 * 5), take(5)];
  const [dense, bias] = [take(320 * 4), take(4)];

  /** `[z, y, x, from]` to `[z, y, x, to]`: 3x3x3, zero padded, ReLU. */
  function convolve(x: ArrayLike<number>, from: number, kernel: number[], shift: number[]) {
    const to = shift.length;
    const out: number[] = [];
    const inside = (i: number) => i >= 0 && i < SIZE;
    for (let z = 0; z < SIZE; z++)
      for (let y = 0; y < SIZE; y++)
        for (let w = 0; w < SIZE; w++)
          for (let o = 0; o < to; o++) {
            let sum = shift[o];
            for (let k = 0; k < 27; k++) {
              const [a, b, c] = [
                z + Math.floor(k / 9) - 1,
                y + (Math.floor(k / 3) % 3) - 1,
                w + (k % 3) - 1,
              ];
              if (!inside(a) || !inside(b) || !inside(c)) continue;
              for (let i = 0; i < from; i++) {
                sum += x[((a * SIZE + b) * SIZE + c) * from + i] * kernel[(k * from + i) * to + o];
              }
            }
            out.push(Math.max(0, sum));
          }
    return out;
  }

  /** `[8, 8, 8, 5]` to `[4, 4, 4, 5]`. */
  function pool(x: number[]): number[] {
    const out = new Array<number>(HALF ** 3 * 5).fill(0); // after a ReLU nothing is below 0
    for (let i = 0; i < x.length; i++) {
      const [l, v] = [i % 5, Math.floor(i / 5)];
      const [c, b, a] = [v % SIZE, Math.floor(v / SIZE) % SIZE, Math.floor(v / SIZE ** 2)].map(
        (n) => n >> 1,
      );
      const to = ((a * HALF + b) * HALF + c) * 5 + l;
      out[to] = Math.max(out[to], x[i]);
    }
    return out;
  }

  function explain(volume: ArrayLike<number>): ReferenceAnswer {
    const a = pool(convolve(convolve(volume, 1, kernel1, bias1), 4, kernel2, bias2));
    const voxels = HALF ** 3;
    const scores: number[] = [];
    const grad: number[] = [];
    const hirescam: number[] = [];
    for (let c = 0; c < 4; c++) {
      let inner = 0;
      let averaged = 0;
      for (let l = 0; l < 5; l++) {
        let gradient = 0;
        let channel = 0;
        for (let v = 0; v < voxels; v++) {
          inner += a[v * 5 + l] * dense[(v * 5 + l) * 4 + c];
          gradient += dense[(v * 5 + l) * 4 + c];
          channel += a[v * 5 + l];
        }
        averaged += (gradient / voxels) * channel;
      }
      scores.push(inner + bias[c]);
      hirescam.push(inner);
      grad.push(averaged);
    }
    // sum_v alpha_l A_l = sum_v A g: Respond-CAM's map has HiResCAM's sum
    const sums = { respond: hirescam, grad, hirescam };
    return {
      scores,
      sums,
      l1: each(sums, (map) => map.reduce((t, sum, c) => t + Math.abs(sum - scores[c]), 0) / 4),
      tau: each(sums, (map) => orderAgreement(map, scores)),
    };
  }
  return { bias, explain };
}

function each<T>(sums: ReferenceAnswer['sums'], value: (map: number[]) => T) {
  return {
    respond: value(sums.respond),
    grad: value(sums.grad),
    hirescam: value(sums.hirescam),
  };
}

/** Kendall's tau of lists without ties: share of pairs in the same order minus share in the other. */
function orderAgreement(x: number[], y: number[]): number {
  const pairs = x.flatMap((_, i) => x.slice(i + 1).map((_value, j) => [i, i + 1 + j]));
  const same = pairs.filter(([i, j]) => x[i] < x[j] === y[i] < y[j]).length;
  return (2 * same - pairs.length) / pairs.length;
}
