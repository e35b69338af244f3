import { useEffect, useMemo, useRef, useState } from 'react';
import { useStore } from 'zustand';
import { percentiles } from '../../core/volume/index.ts';
import { actions, networkBox, networkStore, particlesStore } from '../../state/index.ts';

/** Pictures that are kept, and how many are asked for at a time. */
const KEPT = 3000;
const AT_ONCE = 24;
/** Particles from which the levels of all pictures are taken. */
const SAMPLED = 32;
/** Å of the box where no network says it. */
const USUAL_EDGE = 400;

export interface Thumbnails {
  readonly side: number;
  /** Null until it is there. */
  of(k: number): Float32Array | null;
  /** Values that are black and white, the same for all. */
  readonly grey: readonly [low: number, high: number];
}

/** Å along an edge of a particle's box: the network's. */
export function useBoxEdge(): number {
  const model = useStore(networkStore, (state) => state.model);
  const box = model && networkBox(model);
  if (!model || !box || box[0] === 1) return USUAL_EDGE;
  return box[2] * (model.sidecar.voxelSize ?? USUAL_EDGE / box[2]);
}

interface Kept {
  readonly key: string;
  readonly pictures: Map<number, Float32Array>;
  side: number;
  grey: readonly [number, number] | null;
}

/** Pictures of particles that are in sight, all with the same levels. */
export function useThumbnails(wanted: readonly number[]): Thumbnails {
  const placed = useStore(particlesStore, (state) => state.placed);
  const id = useStore(particlesStore, (state) => state.tomogram?.source.id);
  const edge = useBoxEdge();
  const kept = useRef<Kept | null>(null);
  const [revision, setRevision] = useState(0);
  const asked = useRef(wanted);
  asked.current = wanted;

  const key = useMemo(() => ({ id, placed, edge, name: `${id} ${edge}` }), [id, placed, edge]);
  // A set of pictures belongs to one tomogram, list and size of box.
  const current = useMemo<Kept>(
    () => ({ key: key.name, pictures: new Map(), side: 1, grey: null }),
    [key],
  );
  kept.current = current;

  const sight = wanted.join();
  // biome-ignore lint/correctness/useExhaustiveDependencies: other pictures in sight are asked for anew
  useEffect(() => {
    const { placed: all } = key;
    if (!all) return;
    let ended = false;
    const live = () => !ended && kept.current === current;
    const ask = async (ks: readonly number[]) => {
      const found = await actions.pictureParticles(ks, key.edge).catch(() => null);
      if (!found || !live()) return false;
      const { side, data } = found;
      current.side = side;
      for (const [i, k] of ks.entries())
        current.pictures.set(k, data.subarray(i * side * side, (i + 1) * side * side));
      return true;
    };
    const run = async () => {
      if (!current.grey) {
        const inside = Array.from(all.inside.keys()).filter((k) => all.inside[k] === 1);
        const step = Math.max(1, Math.floor(inside.length / SAMPLED));
        const sample = inside.filter((_, i) => i % step === 0).slice(0, SAMPLED);
        if (sample.length === 0 || !(await ask(sample))) return;
        const values = Float32Array.from(
          sample.flatMap((k) => Array.from(current.pictures.get(k)!)),
        );
        const [low, high] = percentiles(values, [1, 99]);
        current.grey = [low, high];
        setRevision((n) => n + 1);
      }
      for (;;) {
        const next = asked.current.filter((k) => !current.pictures.has(k)).slice(0, AT_ONCE);
        if (next.length === 0 || !live() || !(await ask(next))) return;
        for (const old of current.pictures.keys()) {
          if (current.pictures.size <= KEPT) break;
          if (!asked.current.includes(old)) current.pictures.delete(old);
        }
        setRevision((n) => n + 1);
      }
    };
    void run();
    return () => {
      ended = true;
    };
  }, [key, current, sight]);

  return useMemo(
    () => ({
      side: current.side,
      of: (k) => (current.grey ? (current.pictures.get(k) ?? null) : null),
      grey: current.grey ?? [0, 1],
      revision,
    }),
    [current, revision],
  );
}
