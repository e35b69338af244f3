import { type TensorInfo, util } from '@tensorflow/tfjs-core';
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
import type { TensorMemory } from './tensor-memory.ts';

/** `src/core/cam` on the tensors of tfjs's wasm backend. */
export const inPlaceCam = (memory: TensorMemory): CamKernels => ({
  stats(a, volume) {
    const { channels, voxels, bytes } = sizes(a);
    return memory.withScratch(channels * 16, (sums) => {
      memory.doubles(sums, channels * 2).fill(0);
      memory.run.channelSums(memory.at(a) + volume * bytes, voxels, channels, sums);
      const [plain, absolute] = pair(memory, sums, channels);
      return statsFromSums(plain, absolute, voxels);
    });
  },

  maps(a, volume, g, [from, to], question) {
    const size = sizes(a);
    const at = memory.at(a) + volume * size.bytes;
    return Array.from({ length: to - from }, (_, row) =>
      mapsOfRow(memory, at, memory.at(g) + (from + row) * size.bytes, size, question),
    );
  },
});

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
  memory: TensorMemory,
  a: number,
  g: number,
  { channels, voxels }: Sizes,
  { stats, methods }: MapQuestion,
): ClassMaps {
  const { run } = memory;
  // Two doubles per channel, three per voxel, three for a map; a float per voxel; a mark per channel.
  return memory.withScratch(channels * 17 + voxels * 28 + 24 + WORK_BYTES, (work) => {
    const sums = work + WORK_BYTES;
    const products = sums + channels * 16;
    const maps = [products + voxels * 8, products + voxels * 16] as const;
    const summary = products + voxels * 24;
    const map = summary + 24;
    const marks = map + voxels * 4;
    memory.doubles(sums, channels * 2).fill(0);
    run.gradientSums(a, g, voxels, channels, sums, products, work);
    const [ag, sumG] = pair(memory, sums, channels);

    /** The layer where it is, for what has no kernel of its own. */
    const arrays = () => ({
      a: memory.floats(a, voxels * channels),
      g: memory.floats(g, voxels * channels),
      channels,
    });
    /** A map before weights: its products, or zeros. */
    const begin = ({ products: wanted }: Recipe, at: number): void => {
      if (wanted instanceof Uint8Array) {
        memory.bytes(marks, channels).set(wanted);
        run.unsafeProducts(a, g, voxels, channels, marks, at);
      } else if (wanted === 'all') {
        memory.doubles(at, voxels).set(memory.doubles(products, voxels));
      } else {
        const map = memory.doubles(at, voxels).fill(0);
        if (wanted) addProducts(arrays(), wanted, map);
      }
    };
    const finish = ({ clipped }: Recipe, values: number): CamMap => {
      run.finishMap(values, voxels, clipped ? 0 : Number.NEGATIVE_INFINITY, map, summary);
      const [sum, min, max] = memory.doubles(summary, 3);
      return { data: memory.floats(map, voxels).slice(), sum, min, max };
    };
    /** One pass over the activations weights two maps. */
    const makePair = (recipes: readonly Recipe[]): CamMap[] => {
      for (const [i, recipe] of recipes.entries()) begin(recipe, maps[i]);
      const weights = memory.doubles(sums, channels * 2).fill(0);
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
function pair(memory: TensorMemory, sums: number, channels: number): [Float64Array, Float64Array] {
  const both = memory.doubles(sums, channels * 2);
  return [both.slice(0, channels), both.slice(channels)];
}
