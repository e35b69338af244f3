import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Call } from '../replace.ts';
import type { TensorMemory } from './in-place/tensor-memory.ts';
import type { KernelRuntime } from './runtime.ts';

/** What the wasm kernels compute with. */
export interface Machine {
  readonly backend: BackendWasm;
  /** Threads with a memory of their own, into which operands are copied. */
  readonly runtime: KernelRuntime;
  /** One thread in the memory of tfjs's tensors, nothing copied. */
  readonly memory: TensorMemory;
}

/** One way to compute a call; undefined where it is not for it. */
export type Candidate = (on: Machine, call: Call) => TensorInfo | TensorInfo[] | undefined;
