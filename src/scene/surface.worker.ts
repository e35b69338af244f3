import { expose, transfer } from 'comlink';
import { sentence } from '../core/errors.ts';
import { createSurfaceService, type ExtractRequest } from './surfaceService.ts';

const service = createSurfaceService();

const remote = {
  connect: service.connect,
  addVolume: service.addVolume,
  dropVolume: service.dropVolume,
  /** Errors travel as data: their class and code would be lost on the way. */
  extract(request: ExtractRequest) {
    try {
      const result = service.extract(request);
      const { positions, normals, indices, centres } = result.mesh;
      return transfer({ result }, [
        positions.buffer,
        normals.buffer,
        indices.buffer,
        centres.buffer,
      ]);
    } catch (error) {
      return { error: { code: codeOf(error), message: sentence(error) } };
    }
  },
};

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'internal';
}

export type SurfaceRemote = typeof remote;

expose(remote);
