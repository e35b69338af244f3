import { cpu } from './backends/simple.ts';
import type { Drivers } from './backends/select.ts';
import type { BackendDriver, WasmFiles } from './backends/types.ts';
import { wasm } from './backends/wasm.ts';
import { webgpu } from './backends/webgpu.ts';
import type { ReadUrl } from './model/source.ts';
import { tf } from './tf.ts';

/** What differs between a browser's worker and Node. */
export interface Platform {
  readonly readUrl: ReadUrl;
  readonly drivers: Drivers;
}

export function createPlatform(
  readUrl: ReadUrl,
  wasmFiles?: WasmFiles,
  gpu: BackendDriver = webgpu,
): Platform {
  tf.enableProdMode(); // its advice is for its own developers
  return { readUrl, drivers: { webgpu: gpu, wasm: wasm(wasmFiles), cpu } };
}
