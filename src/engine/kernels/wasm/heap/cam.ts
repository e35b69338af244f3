import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { backend, type TensorInfo, util } from '@tensorflow/tfjs-core';
import {
  CAM_METHODS,
  type ChannelStats,
  type ClassMaps,
  statsFromSums,
  toMaps,
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
  // Two doubles per channel, three per voxel, a mark per channel.
  return heap.lend(channels * 16 + voxels * 24 + channels, (sums) => {
    const hirescam = sums + channels * 16;
    const respond = hirescam + voxels * 8;
    const grad = respond + voxels * 8;
    const unsafe = grad + voxels * 8;
    heap.doubles(sums, channels * 2).fill(0);
    run.gradientSums(a, g, voxels, channels, sums, hirescam);
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
    const values = {
      hirescam: heap.doubles(hirescam, voxels),
      respond: heap.doubles(respond, voxels),
      grad: heap.doubles(grad, voxels),
    };
    return { maps: toMaps(values, CAM_METHODS), cam: weights.cam };
  });
}

/** Copies of the two rows of doubles at `sums`. */
function pair(heap: Heap, sums: number, channels: number): [Float64Array, Float64Array] {
  const both = heap.doubles(sums, channels * 2);
  return [both.slice(0, channels), both.slice(channels)];
}
