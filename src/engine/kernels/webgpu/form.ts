import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { isSoftwareAdapter } from '../../backends/adapter.ts';
import { adapterInfo } from '../../tfjs-internals.ts';

/** How convolutions and products run on a device. */
export interface Form {
  /**
   * `tiled` shares operands through workgroup memory, for graphics hardware; `direct` does without, for drivers that
   * compute on the processor, where workgroup memory and barriers cost more than they save: a convolution of 32 to 32
   * channels takes 5 times the processor time in tiles there (SwiftShader, 1.4 s at 20^3), its filter gradient twice.
   */
  readonly name: 'tiled' | 'direct';
  /** Multiply-adds after which a run is handed over: well below the 2 s at which Windows resets a device. */
  readonly mostWork: number;
  /** Workgroups that keep the device busy: tiles become smaller, or slabs more, where there would be fewer. */
  readonly workgroups: { readonly convolution: number; readonly filterGradient: number };
}

export const FORMS: Readonly<Record<Form['name'], Form>> = {
  /** About 0.1 s on a slow integrated graphics processor. */
  tiled: {
    name: 'tiled',
    mostWork: 2e10,
    workgroups: { convolution: 128, filterGradient: 512 },
  },
  /** 1 s on a processor. */
  direct: { name: 'direct', mostWork: 2e9, workgroups: { convolution: 1, filterGradient: 32 } },
};

export function formOf(backend: WebGPUBackend): Form {
  return isSoftwareAdapter(adapterInfo(backend)) ? FORMS.direct : FORMS.tiled;
}
