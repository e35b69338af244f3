import { engine, type TensorInfo } from '@tensorflow/tfjs-core';
import type { ChannelStats, ClassMaps } from '../../core/cam/index.ts';

/** What `src/core/cam` computes, done where the tensors are. */
export interface CamKernels {
  /** Of one volume among the activations `a`, `[volumes, …, channels]`. */
  stats(a: TensorInfo, volume: number): ChannelStats;
  /** Maps of that volume by all methods, one for each of the rows `[from, to)` of the gradients `g`. */
  maps(
    a: TensorInfo,
    volume: number,
    g: TensorInfo,
    rows: readonly [from: number, to: number],
    stats: ChannelStats,
  ): ClassMaps[];
}

const byBackend = new Map<string, CamKernels>();

export function registerCamKernels(backend: string, kernels: CamKernels): void {
  byBackend.set(backend, kernels);
}

/** Undefined where the tensors have to be read back. */
export function camKernels(): CamKernels | undefined {
  return byBackend.get(engine().backendName);
}
