import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Call } from '../replace.ts';
import type { TensorMemory } from './in-place/tensor-memory.ts';

/** One way to compute a call; undefined where it is not for it. */
export type Candidate = (memory: TensorMemory, call: Call) => TensorInfo | TensorInfo[] | undefined;
