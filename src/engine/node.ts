import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { pathToFileURL } from 'node:url';
import type { BackendDriver } from './backends/types.ts';
import { webgpu } from './backends/webgpu.ts';
import { LocalEngine } from './local.ts';
import { type ModelArtifacts, readArtifacts } from './model/artifacts.ts';
import { readFileUrl } from './node-files.ts';
import { openSource } from './model/source.ts';
import { createPlatform } from './platform.ts';
import { enableRelaxedSimd } from './relaxed-simd.ts';
import type { ModelSource } from './types.ts';

/** WebGPU through the optional `webgpu` package (Dawn); not there, not available. */
const nodeWebgpu = (gpu: BackendDriver): BackendDriver => ({
  async probe() {
    if (!globalThis.navigator?.gpu) {
      if (!hasGraphicsDevice()) return undefined;
      // Vulkan's loader complains on stderr without one.
      process.env.XDG_RUNTIME_DIR ??= tmpdir();
      const dawn = await import('webgpu').catch(() => undefined);
      if (!dawn) return undefined;
      Object.assign(globalThis, dawn.globals);
      if (!globalThis.navigator) Object.defineProperty(globalThis, 'navigator', { value: {} });
      Object.defineProperty(globalThis.navigator, 'gpu', { value: dawn.create([]) });
    }
    return gpu.probe();
  },
  start: gpu.start,
});

/** Whether asking Vulkan makes sense; without a device its loader writes complaints to stderr. */
function hasGraphicsDevice(): boolean {
  if (process.platform !== 'linux' || process.env.VK_ICD_FILENAMES) return true;
  return existsSync('/dev/dri') || existsSync('/dev/nvidia0');
}

/** The engine in this process, reading networks from the file system. */
export function createNodeEngine(gpu: BackendDriver = webgpu): LocalEngine {
  enableRelaxedSimd();
  return new LocalEngine(createPlatform(readFileUrl, undefined, nodeWebgpu(gpu)));
}

/** A network's topology, weights and sidecar from the file system, on no backend. */
export function readNetwork(source: ModelSource): Promise<ModelArtifacts> {
  return readArtifacts(openSource(source, readFileUrl), {});
}

/** URL of a file on disk, as `ModelSource` takes it. */
export function fileUrl(path: string): string {
  return pathToFileURL(path).href;
}
