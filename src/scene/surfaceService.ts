import { AppError } from '../core/errors.ts';
import { type Dusted, withoutDust } from '../core/surface/dust.ts';
import { SurfaceBuffers } from '../core/surface/buffers.ts';
import { isosurface } from '../core/surface/isosurface.ts';
import type { SurfaceMesh } from '../core/surface/mesh.ts';
import { mergeShells, type ShellMesh } from '../core/surface/shells.ts';
import type { Volume } from '../core/volume/types.ts';

export interface ShellRequest {
  readonly volumeId: number;
  readonly level: number;
  readonly enclose: 'above' | 'below';
  /** Å; separate pieces smaller than this are left out. */
  readonly dust: number;
}

export interface ExtractRequest {
  readonly shells: readonly ShellRequest[];
  /** The request is stale once `flags[slot]` is no longer `ticket`. */
  readonly slot: number;
  readonly ticket: number;
}

export interface Extracted {
  readonly mesh: ShellMesh;
  /** Every n-th voxel was used, because the surface is large. */
  readonly step: number;
  /** Separate pieces that are left out. */
  readonly hidden: number;
  /** Whether all pieces are smaller than those that are shown. */
  readonly onlyDust: boolean;
}

/** What lives in the surface worker. */
export interface SurfaceService {
  /** @param flags shared with the client where the page may share memory, else null */
  connect(flags: Int32Array | null): void;
  addVolume(id: number, volume: Volume): void;
  dropVolume(id: number): void;
  extract(request: ExtractRequest): Extracted;
}

const MAX_TRIANGLES = 600_000;
const CACHE_BYTES = 96 * 2 ** 20;

/** Keeps the last surfaces, so that moving one level of several extracts only that one. */
export function createSurfaceService(): SurfaceService {
  const volumes = new Map<number, Volume>();
  const buffers = new SurfaceBuffers();
  const meshes = new Map<string, Dusted>();
  let cached = 0;
  let shared: Int32Array | null = null;

  function remember(key: string, made: Dusted): void {
    meshes.set(key, made);
    cached += bytesOf(made.mesh);
    for (const [old, dropped] of meshes) {
      if (cached <= CACHE_BYTES) break;
      meshes.delete(old);
      cached -= bytesOf(dropped.mesh);
    }
  }

  function shell(request: ShellRequest, step: number, shouldStop?: () => boolean): Dusted {
    const volume = volumes.get(request.volumeId);
    if (!volume) throw new AppError('internal', `Volume ${request.volumeId} left the worker.`);
    const { level, enclose, dust } = request;
    const key = `${request.volumeId} ${level} ${enclose} ${dust} ${step}`;
    const found = meshes.get(key);
    if (found) {
      meshes.delete(key);
      meshes.set(key, found);
      return found;
    }
    const whole = isosurface(volume, level, {
      enclose,
      step,
      shouldStop,
      buffers,
      maxTriangles: MAX_TRIANGLES,
    });
    const made = dust > 0 ? withoutDust(whole, dust) : { mesh: whole, hidden: 0, onlyDust: false };
    remember(key, made);
    return made;
  }

  return {
    connect(flags) {
      shared = flags;
    },
    addVolume(id, volume) {
      volumes.set(id, volume);
    },
    dropVolume(id) {
      volumes.delete(id);
      for (const [key, { mesh }] of meshes) {
        if (!key.startsWith(`${id} `)) continue;
        meshes.delete(key);
        cached -= bytesOf(mesh);
      }
    },
    extract({ shells, slot, ticket }) {
      const flags = shared;
      const shouldStop = flags ? () => Atomics.load(flags, slot) !== ticket : undefined;
      for (let step = 1; ; step *= 2) {
        try {
          const made = shells.map((one) => shell(one, step, shouldStop));
          const hidden = made.reduce((sum, one) => sum + one.hidden, 0);
          const onlyDust = made.length > 0 && made.every((one) => one.onlyDust);
          return { mesh: mergeShells(made.map(({ mesh }) => mesh)), step, hidden, onlyDust };
        } catch (error) {
          // A level in the noise: the surface would be a fog of millions of triangles.
          const tooMany = error instanceof AppError && error.code === 'bad-input';
          if (!tooMany || step >= 16) throw error;
        }
      }
    },
  };
}

function bytesOf({ positions, normals, indices }: SurfaceMesh): number {
  return positions.byteLength + normals.byteLength + indices.byteLength;
}
