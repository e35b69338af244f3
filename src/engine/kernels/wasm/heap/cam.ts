import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { backend, type TensorInfo, util } from '@tensorflow/tfjs-core';
import {
  addProducts,
  type CamMap,
  type ClassMaps,
  mapsBy,
  type Recipe,
  statsFromSums,
  sumOver,
} from '../../../../core/cam/index.ts';
import type { CamKernels, MapQuestion } from '../../cam.ts';
import { type Heap, heapOf } from './heap.ts';

/** `src/core/cam` on the tensors of tfjs's wasm backend. */
export const heapCam: CamKernels = {
  stats(a, volume) {
    const heap = heapOf(backend() as BackendWasm);
    const { channels, voxels, bytes } = sizes(a);
    return heap.lend(channels * 16, (sums) => {
      heap.doubles(sums, channels * 2).fill(0);
      heap.run.channelSums(heap.at(a) + volume * bytes, voxels, channels, sums);
      const [plain, absolute] = pair(heap, sums, channels);
      return statsFromSums(plain, absolute, voxels);
    });
  },

  maps(a, volume, g, [from, to], question) {
    const heap = heapOf(backend() as BackendWasm);
    const size = sizes(a);
    const at = heap.at(a) + volume * size.bytes;
    return Array.from({ length: to - from }, (_, row) =>
      mapsOfRow(heap, at, heap.at(g) + (from + row) * size.bytes, size, question),
    );
  },
};

/** For `gradientSums`. */
const WORK_BYTES = 64 * 16;

interface Sizes {
  readonly channels: number;
  readonly voxels: number;
  /** Of one volume. */
  readonly bytes: number;
}

function sizes({ shape }: TensorInfo): Sizes {
  const channels = shape[shape.length - 1];
  const size = util.sizeFromShape(shape.slice(1));
  return { channels, voxels: size / channels, bytes: size * 4 };
}

/** One class: `a` and `g` are addresses, `[voxels, channels]`. */
function mapsOfRow(
  heap: Heap,
  a: number,
  g: number,
  { channels, voxels }: Sizes,
  { stats, methods }: MapQuestion,
): ClassMaps {
  const { run } = heap;
  // Two doubles per channel, three per voxel, three for a map; a float per voxel; a mark per channel.
  return heap.lend(channels * 17 + voxels * 28 + 24 + WORK_BYTES, (work) => {
    const sums = work + WORK_BYTES;
    const products = sums + channels * 16;
    const maps = [products + voxels * 8, products + voxels * 16] as const;
    const summary = products + voxels * 24;
    const map = summary + 24;
    const marks = map + voxels * 4;
    heap.doubles(sums, channels * 2).fill(0);
    run.gradientSums(a, g, voxels, channels, sums, products, work);
    const [ag, sumG] = pair(heap, sums, channels);

    /** The layer where it is, for what has no kernel of its own. */
    const arrays = () => ({
      a: heap.floats(a, voxels * channels),
      g: heap.floats(g, voxels * channels),
      channels,
    });
    /** A map before weights: its products, or zeros. */
    const begin = ({ products: wanted }: Recipe, at: number): void => {
      if (wanted instanceof Uint8Array) {
        heap.bytes(marks, channels).set(wanted);
        run.unsafeProducts(a, g, voxels, channels, marks, at);
      } else if (wanted === 'all') {
        heap.doubles(at, voxels).set(heap.doubles(products, voxels));
      } else {
        const map = heap.doubles(at, voxels).fill(0);
        if (wanted) addProducts(arrays(), wanted, map);
      }
    };
    const finish = ({ clipped }: Recipe, values: number): CamMap => {
      run.finishMap(values, voxels, clipped ? 0 : Number.NEGATIVE_INFINITY, map, summary);
      const [sum, min, max] = heap.doubles(summary, 3);
      return { data: heap.floats(map, voxels).slice(), sum, min, max };
    };
    /** One pass over the activations weights two maps. */
    const makePair = (recipes: readonly Recipe[]): CamMap[] => {
      for (const [i, recipe] of recipes.entries()) begin(recipe, maps[i]);
      const weights = heap.doubles(sums, channels * 2).fill(0);
      for (const [i, recipe] of recipes.entries())
        if (recipe.weights) weights.set(recipe.weights, i * channels);
      if (recipes.some((recipe) => recipe.weights))
        run.weightedMaps(a, voxels, channels, sums, ...maps);
      return recipes.map((recipe, i) => finish(recipe, maps[i]));
    };
    return mapsBy(
      {
        sums: { ag, g: sumG, stats, voxels, sumOver: (of) => sumOver(arrays(), of) },
        maps(recipes) {
          const made: CamMap[] = [];
          for (let i = 0; i < recipes.length; i += 2)
            made.push(...makePair(recipes.slice(i, i + 2)));
          return made;
        },
      },
      methods,
    );
  });
}

/** Copies of the two rows of doubles at `sums`. */
function pair(heap: Heap, sums: number, channels: number): [Float64Array, Float64Array] {
  const both = heap.doubles(sums, channels * 2);
  return [both.slice(0, channels), both.slice(channels)];
}
