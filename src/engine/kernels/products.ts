import { broadcast_util, type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { Inputs } from './replace.ts';

/** `relu?(a b + bias)` of single matrices a `[m, k]` and b `[k, n]`, before they are transposed in memory. */
export interface Product {
  readonly a: TensorInfo;
  readonly b: TensorInfo;
  /** One value per column. */
  readonly bias: TensorInfo | undefined;
  readonly relu: boolean;
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly transposeA: boolean;
  readonly transposeB: boolean;
  readonly outShape: number[];
}

interface Attributes {
  readonly activation?: string;
  readonly transposeA?: boolean;
  readonly transposeB?: boolean;
}

/**
 * What a call of tfjs's BatchMatMul or FusedMatMul asks for; undefined for what only its own kernels cover: other
 * number types, several matrices, other activations and biases.
 */
export function productOf(inputs: Inputs, attrs: unknown): Product | undefined {
  const { a, b, bias, preluActivationWeights } = inputs;
  const {
    activation = 'linear',
    transposeA = false,
    transposeB = false,
  } = (attrs ?? {}) as Attributes;
  const [outerA, outerB] = [a, b].map(({ shape }) => shape.slice(0, -2));
  const [a0, a1] = a.shape.slice(-2);
  const [b0, b1] = b.shape.slice(-2);
  const [m, k] = transposeA ? [a1, a0] : [a0, a1];
  const [depth, n] = transposeB ? [b1, b0] : [b0, b1];
  const floats = [a, b, bias].every((x) => !x || x.dtype === 'float32');
  const single = [outerA, outerB].every((shape) => util.sizeFromShape(shape) === 1);
  const plain = /^(linear|relu)$/.test(activation) && !preluActivationWeights;
  const fits = !bias || util.sizeFromShape(bias.shape) === n;
  if (!floats || !single || !plain || !fits) return undefined;
  util.assert(k === depth, () => `matMul: inner sizes ${k} and ${depth} differ`);
  const outShape = [...broadcast_util.assertAndGetBroadcastShape(outerA, outerB), m, n];
  return { a, b, bias, relu: activation === 'relu', m, n, k, transposeA, transposeB, outShape };
}
