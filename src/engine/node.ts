import { pathToFileURL } from 'node:url';
import { AppError } from '../core/errors.ts';
import type { BackendDriver } from './backends/types.ts';
import { webgpu } from './backends/webgpu.ts';
import { LocalEngine } from './local.ts';
import { type ArtifactsWithSidecar, readArtifacts } from './model/artifacts.ts';
import { readFileUrl } from './node-files.ts';
import { startNodeGpu } from './node-gpu.ts';
import { openSource } from './model/source.ts';
import { createPlatform } from './platform.ts';
import { enableRelaxedSimd } from './relaxed-simd.ts';
import type { ModelSource } from './types.ts';

/** WebGPU where it was asked for by name: looking for it can make a driver write to stderr. */
const nodeWebgpu = (gpu: BackendDriver): BackendDriver => ({
  async probe(choice) {
    if (!globalThis.navigator?.gpu) {
      if (choice !== 'webgpu') return undefined;
      const missing = await startNodeGpu();
      if (missing) throw new AppError('unsupported', missing);
    }
    const found = await gpu.probe(choice);
    if (found || choice !== 'webgpu') return found;
    throw new AppError('unsupported', 'no driver offers an adapter');
  },
  start: gpu.start,
});

/** The engine in this process, reading networks from the file system. */
export function createNodeEngine(gpu: BackendDriver = webgpu): LocalEngine {
  enableRelaxedSimd();
  return new LocalEngine(createPlatform(readFileUrl, undefined, nodeWebgpu(gpu)));
}

/** A network's topology, weights and sidecar from the file system, on no backend. */
export function readNetwork(source: ModelSource): Promise<ArtifactsWithSidecar> {
  return readArtifacts(openSource(source, readFileUrl), {});
}

/** URL of a file on disk, as `ModelSource` takes it. */
export function fileUrl(path: string): string {
  return pathToFileURL(path).href;
}
