import { uniform } from '../testing/random.ts';
import { describe, expect, it } from 'vitest';
import { AppError, isAborted } from '../core/errors.ts';
import { meshVolume } from '../core/surface/mesh.ts';
import { sampled } from '../core/surface/testing.ts';
import { createSurfaceClient, type SurfaceBackend } from './surfaceClient.ts';
import { createSurfaceService } from './surfaceService.ts';

const ball = (n = 24) => sampled([n, n, n], [1, 1, 1], (x, y, z) => 10 - Math.hypot(x, y, z));

function inThread() {
  const service = createSurfaceService();
  const log: string[] = [];
  const hold: (() => void)[] = [];
  let held = false;
  const backend: SurfaceBackend & { worker: number } = {
    worker: 1,
    async connect(flags) {
      service.connect(flags);
    },
    async addVolume(id, volume) {
      log.push(`add ${id}`);
      service.addVolume(id, volume);
    },
    async dropVolume(id) {
      log.push(`drop ${id}`);
      service.dropVolume(id);
    },
    close() {},
    async extract(request) {
      log.push(`extract ${request.shells.map((s) => s.level).join()}`);
      if (held) await new Promise<void>((resolve) => hold.push(resolve));
      return service.extract(request);
    },
  };
  return {
    backend,
    log,
    hold(value: boolean) {
      held = value;
      if (!value) for (const release of hold.splice(0)) release();
    },
    async extracting(count: number) {
      while (log.filter((line) => line.startsWith('extract')).length < count)
        await Promise.resolve();
    },
  };
}

describe('surface client', () => {
  it('sends a volume once, and gives nested shells in one mesh', async () => {
    const { backend, log } = inThread();
    const slot = createSurfaceClient(backend).openSlot();
    const volume = ball();
    const shell = (level: number) => ({ volume, level, enclose: 'above' as const });
    const { mesh, step } = await slot.extract([shell(2), shell(6)]);
    expect(step).toBe(1);
    expect(meshVolume(mesh) / ((4 / 3) * Math.PI * (8 ** 3 + 4 ** 3))).toBeCloseTo(1, 1);
    await slot.extract([shell(3)]);
    expect(log).toEqual(['add 1', 'extract 2,6', 'extract 3']);
  });

  it('skips what was overtaken while a level is dragged, but finishes the running picture', async () => {
    const { backend, log, hold, extracting } = inThread();
    const slot = createSurfaceClient(backend).openSlot();
    const volume = ball();
    const at = (level: number) => slot.extract([{ volume, level, enclose: 'above' }]);
    hold(true);
    const first = at(1);
    await extracting(1);
    const second = at(2);
    const third = at(3);
    await expect(second).rejects.toSatisfy(isAborted);
    hold(false);
    expect((await first).mesh.indices.length).toBeGreaterThan(0);
    expect((await third).mesh.indices.length).toBeGreaterThan(0);
    expect(log).toEqual(['add 1', 'extract 1', 'extract 3']);
  });

  it('stops the running extraction when another volume is asked for, or the view closes', async () => {
    const { backend, hold, extracting } = inThread();
    const slot = createSurfaceClient(backend).openSlot();
    hold(true);
    const first = slot.extract([{ volume: ball(), level: 1, enclose: 'above' }]);
    await extracting(1);
    const second = slot.extract([{ volume: ball(), level: 1, enclose: 'above' }]);
    hold(false);
    await expect(first).rejects.toSatisfy(isAborted);
    expect((await second).mesh.indices.length).toBeGreaterThan(0);
    hold(true);
    const last = slot.extract([{ volume: ball(), level: 1, enclose: 'above' }]);
    await extracting(3);
    slot.close();
    hold(false);
    await expect(last).rejects.toSatisfy(isAborted);
  });

  it('releases volumes that were not used lately', async () => {
    const { backend, log } = inThread();
    const slot = createSurfaceClient(backend).openSlot();
    for (let i = 0; i < 34; i++) {
      await slot.extract([{ volume: ball(8), level: 1, enclose: 'above' }]);
    }
    expect(log.filter((line) => line.startsWith('drop'))).toEqual(['drop 1', 'drop 2']);
  });

  it('keeps the volumes of requests under way, however many views there are', async () => {
    const { backend, hold, extracting } = inThread();
    const client = createSurfaceClient(backend);
    hold(true);
    const views = Array.from({ length: 40 }, () =>
      client.openSlot().extract([
        { volume: ball(8), level: 1, enclose: 'above' },
        { volume: ball(8), level: 2, enclose: 'above' },
      ]),
    );
    await extracting(40);
    hold(false);
    for (const { mesh } of await Promise.all(views)) expect(mesh.indices.length).toBeGreaterThan(0);
  });

  it('thins a volume that is too large to send, and says so', async () => {
    const { backend } = inThread();
    const slot = createSurfaceClient(backend).openSlot();
    const n = 257;
    const data = new Uint8Array(n ** 3);
    for (let z = 64; z <= 192; z++) {
      for (let y = 64; y <= 192; y++) data.fill(9, (z * n + y) * n + 64, (z * n + y) * n + 193);
    }
    const volume = { data, shape: [n, n, n], voxelSize: [2, 2, 2], origin: [5, 5, 5] } as const;
    const { mesh, step } = await slot.extract([{ volume, level: 4.5, enclose: 'above' }]);
    expect(step).toBe(2);
    const [low, high] = [Math.min, Math.max].map((end) =>
      mesh.positions.reduce((a, b) => end(a, b)),
    );
    expect([low, high]).toEqual([5 + 63 * 2, 5 + 193 * 2]);
  });

  it('takes larger steps where the level lies in the noise', async () => {
    const { backend } = inThread();
    const slot = createSurfaceClient(backend).openSlot();
    const next = uniform(1);
    const volume = sampled([80, 80, 80], [1, 1, 1], () => next() - 0.5);
    const { mesh, step } = await slot.extract([{ volume, level: 0, enclose: 'above' }]);
    expect(step).toBe(2);
    expect(mesh.indices.length / 3).toBeLessThan(600_000);
  });

  it('sends the volumes again to the worker that follows one that died', async () => {
    const { backend, log } = inThread();
    const { extract } = backend;
    const slot = createSurfaceClient(backend).openSlot();
    const shell = { volume: ball(8), level: 1, enclose: 'above' as const };
    await slot.extract([shell]);
    let deaths = 1;
    backend.extract = async (request) => {
      if (deaths-- <= 0) return extract(request);
      backend.worker++;
      throw new AppError('stopped', 'The thread that makes surfaces stopped.');
    };
    expect((await slot.extract([shell])).mesh.indices.length).toBeGreaterThan(0);
    expect(log.filter((line) => line.startsWith('add'))).toEqual(['add 1', 'add 2']);
    deaths = 2;
    await expect(slot.extract([shell])).rejects.toThrow('stopped');
    expect((await slot.extract([shell])).mesh.indices.length).toBeGreaterThan(0);
  });

  it('rejects with the sentence of the worker', async () => {
    const { backend } = inThread();
    const slot = createSurfaceClient(backend).openSlot();
    const bad = slot.extract([{ volume: ball(), level: Number.NaN, enclose: 'above' }]);
    await expect(bad).rejects.toThrow('must be finite');
  });
});
