import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { isSoftwareAdapter } from '../../backends/webgpu.ts';
import { adapterInfo } from '../../tfjs-internals.ts';

/** How convolutions and products run on a device. */
export interface Form {
  /**
   * `tiled` shares operands through workgroup memory, for graphics hardware; `direct` does without, for drivers that
   * compute on the processor, where workgroup memory and barriers cost more than they save and where a tiled shader
   * takes a second to compile.
   */
  readonly name: 'tiled' | 'direct';
  /** Multiply-adds after which a run is handed over: well below the 2 s at which Windows resets a device. */
  readonly mostWork: number;
  /** Workgroups that keep the device busy. */
  readonly workgroups: number;
}

export const FORMS: Readonly<Record<Form['name'], Form>> = {
  /** About 0.1 s on a slow integrated graphics processor. */
  tiled: { name: 'tiled', mostWork: 2e10, workgroups: 512 },
  /** 1 s on a processor. */
  direct: { name: 'direct', mostWork: 2e9, workgroups: 32 },
};

export function formOf(backend: WebGPUBackend): Form {
  return isSoftwareAdapter(adapterInfo(backend)) ? FORMS.direct : FORMS.tiled;
}
