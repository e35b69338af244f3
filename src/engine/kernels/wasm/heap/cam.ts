import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { backend, type TensorInfo, util } from '@tensorflow/tfjs-core';
import {
  type CamMap,
  type ChannelStats,
  type ClassMaps,
  statsFromSums,
  weightsFromSums,
} from '../../../../core/cam/index.ts';
import type { CamKernels } from '../../cam.ts';
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

  maps(a, volume, g, [from, to], stats) {
    const heap = heapOf(backend() as BackendWasm);
    const size = sizes(a);
    const at = heap.at(a) + volume * size.bytes;
    return Array.from({ length: to - from }, (_, row) =>
      mapsOfRow(heap, at, heap.at(g) + (from + row) * size.bytes, size, stats),
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

function mapsOfRow(
  heap: Heap,
  a: number,
  g: number,
  { channels, voxels }: Sizes,
  stats: ChannelStats,
): ClassMaps {
  const { run } = heap;
  // Two doubles per channel, three per voxel, three for a map; a float per voxel; a mark per channel.
  return heap.lend(channels * 17 + voxels * 28 + 24 + WORK_BYTES, (work) => {
    const sums = work + WORK_BYTES;
    const hirescam = sums + channels * 16;
    const respond = hirescam + voxels * 8;
    const grad = respond + voxels * 8;
    const summary = grad + voxels * 8;
    const map = summary + 24;
    const unsafe = map + voxels * 4;
    heap.doubles(sums, channels * 2).fill(0);
    run.gradientSums(a, g, voxels, channels, sums, hirescam, work);
    const weights = weightsFromSums(...pair(heap, sums, channels), stats, voxels);
    heap.doubles(grad, voxels).fill(0);
    if (stats.unsafeChannels > 0) {
      heap.bytes(unsafe, channels).set(stats.unsafe);
      run.unsafeProducts(a, g, voxels, channels, unsafe, respond);
    } else heap.doubles(respond, voxels).fill(0);
    const alpha = heap.doubles(sums, channels * 2);
    alpha.set(weights.respond.map((value, l) => (stats.unsafe[l] ? 0 : value)));
    alpha.set(weights.grad, channels);
    run.weightedMaps(a, voxels, channels, sums, respond, grad);
    const finish = (values: number, least = Number.NEGATIVE_INFINITY): CamMap => {
      run.finishMap(values, voxels, least, map, summary);
      const [sum, min, max] = heap.doubles(summary, 3);
      return { data: heap.floats(map, voxels).slice(), sum, min, max };
    };
    const maps = {
      respond: finish(respond),
      grad: finish(grad),
      hirescam: finish(hirescam),
      xgrad: finish(respond, 0),
    };
    return { maps, cam: weights.cam };
  });
}

/** Copies of the two rows of doubles at `sums`. */
function pair(heap: Heap, sums: number, channels: number): [Float64Array, Float64Array] {
  const both = heap.doubles(sums, channels * 2);
  return [both.slice(0, channels), both.slice(channels)];
}
