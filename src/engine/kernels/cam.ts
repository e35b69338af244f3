import { engine, type TensorInfo } from '@tensorflow/tfjs-core';
import type { LayerMethod, ChannelStats, ClassMaps } from '../../core/cam/index.ts';

export interface MapQuestion {
  /** Of the layer's activations. */
  readonly stats: ChannelStats;
  readonly methods: readonly LayerMethod[];
}

/**
 * Sums and products of `src/core/cam`, done where the tensors are; what is made of them is in the rows of the
 * methods.
 */
export interface CamKernels {
  /** Of one volume among the activations `a`, `[volumes, …, channels]`. */
  stats(a: TensorInfo, volume: number): ChannelStats;
  /** Maps of that volume for each of the rows `[from, to)` of the gradients `g`. */
  maps(
    a: TensorInfo,
    volume: number,
    g: TensorInfo,
    rows: readonly [from: number, to: number],
    question: MapQuestion,
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
