import { trainingIndex } from '../src/core/simulate/index.ts';
import { createRandom, shuffle } from '../src/core/simulate/random.ts';
import type { BatchSource } from '../src/engine/train/index.ts';
import type { SimulatePool } from './simulate-pool.ts';
import type { Item } from './simulate-worker.ts';

export interface DataOptions {
  readonly pool: SimulatePool;
  /** What is drawn. */
  readonly kinds: number;
  /** The output of the network that answers a kind. */
  readonly label: (kind: number) => number;
  /** Voxels of one volume. */
  readonly voxels: number;
  /** Volumes of each class, validation included. */
  readonly perClass: number;
  readonly batch: number;
  readonly seed: number;
  /** New poses and noise in every epoch. */
  readonly fresh: boolean;
  /** The share of each class that training does not see; 0.2 as in the paper. */
  readonly validationShare?: number;
}

/** How many items of each class train; at least one validates. */
function trainedItems({ perClass, validationShare = 0.2 }: DataOptions): number {
  return Math.min(Math.round(perClass * (1 - validationShare)), perClass - 1);
}

/** Simulated volumes that are used again stay in memory up to this many bytes. */
const KEEP_BYTES = 2 * 2 ** 30;

/**
 * The training and validation volumes of a run: of each class the first items train, the last
 * ones validate. Both are functions of (seed, epoch, step) alone, so a resumed run sees the same.
 */
export function trainingData(options: DataOptions): {
  train: BatchSource;
  validation: BatchSource;
} {
  const { kinds, label, perClass, batch, seed, fresh } = options;
  const trained = trainedItems(options);
  const read = keepVolumes(options);
  const items = (first: number, last: number, epoch: number): Item[] =>
    Array.from({ length: (last - first) * kinds }, (_, i) => [
      i % kinds,
      trainingIndex(epoch, first + Math.floor(i / kinds)),
    ]);
  const source = (list: (epoch: number) => Item[], count: number): BatchSource => ({
    stepsPerEpoch: Math.ceil(count / batch),
    async batch(epoch, step) {
      const wanted = list(epoch).slice(step * batch, (step + 1) * batch);
      return { x: await read(wanted), y: wanted.map(([kind]) => label(kind)) };
    },
  });
  return {
    train: source((epoch) => {
      const drawn = items(0, trained, fresh ? epoch : 0);
      shuffle(drawn, createRandom(seed, epoch, drawn.length, 0));
      return drawn;
    }, trained * kinds),
    validation: source(() => items(trained, perClass, 0), (perClass - trained) * kinds),
  };
}

/** Reads volumes, simulating only those not drawn before while they fit into memory. */
function keepVolumes(options: DataOptions) {
  const { pool, voxels, kinds, perClass, fresh } = options;
  const validationOnly = fresh || kinds * perClass * voxels * 4 > KEEP_BYTES;
  const kept = new Map<string, Float32Array>();
  const first = trainedItems(options);
  const keep = ([, index]: Item) => !validationOnly || (index >= first && index < perClass);
  return async (items: readonly Item[]): Promise<Float32Array> => {
    const missing = items.filter((item) => !kept.has(item.join()));
    const drawn = missing.length > 0 ? await pool.simulate(missing) : new Float32Array(0);
    if (missing.length === items.length && !missing.some(keep)) return drawn;
    const x = new Float32Array(items.length * voxels);
    let next = 0;
    for (const [i, item] of items.entries()) {
      const key = item.join();
      let volume = kept.get(key);
      if (!volume) {
        volume = drawn.subarray(next * voxels, ++next * voxels);
        if (keep(item)) kept.set(key, volume.slice());
      }
      x.set(volume, i * voxels);
    }
    return x;
  };
}
