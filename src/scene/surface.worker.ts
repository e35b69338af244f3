import { badInput } from '../core/errors.ts';
import { Handover, serveWorker } from '../worker/serve.ts';
import { createSurfaceService, type SurfaceService } from './surfaceService.ts';

const service = createSurfaceService();

const METHODS: { readonly [M in keyof SurfaceService]: (args: never) => unknown } = {
  connect: ([flags]: Parameters<SurfaceService['connect']>) => service.connect(flags),
  addVolume: ([id, volume]: Parameters<SurfaceService['addVolume']>) =>
    service.addVolume(id, volume),
  dropVolume: ([id]: Parameters<SurfaceService['dropVolume']>) => service.dropVolume(id),
  extract([request]: Parameters<SurfaceService['extract']>) {
    const result = service.extract(request);
    const { positions, normals, indices, centres } = result.mesh;
    return new Handover(
      result,
      [positions, normals, indices, centres].map(({ buffer }) => buffer as ArrayBuffer),
    );
  },
};

serveWorker((method, args) => {
  if (!Object.hasOwn(METHODS, method)) throw badInput(`The surfaces have no method ${method}.`);
  return METHODS[method as keyof SurfaceService](args as never);
});
