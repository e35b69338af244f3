import { useEffect, useId, useMemo, useSyncExternalStore } from 'react';
import { useStore } from 'zustand';
import type { PlacedParticles } from '../../core/particles/index.ts';
import { percentiles } from '../../core/volume/index.ts';
import {
  actions,
  boxSourceOf,
  networkBox,
  networkStore,
  particlesStore,
} from '../../state/index.ts';

/** Pictures that are kept. */
const KEPT = 3000;
/** How many are asked for at a time, and from how many the levels of all are taken: projections take a while. */
const PACE = {
  tomogram: { atOnce: 16, sampled: 24 },
  projections: { atOnce: 4, sampled: 4 },
} as const;
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

/** The pictures of one list by what its boxes are made of, for whoever shows some of them. */
class ThumbnailSet {
  /** Another object whenever there is more to see. */
  shown: Thumbnails = { side: 1, of: () => null, grey: [0, 1] };
  readonly #pictures = new Map<number, Float32Array>();
  readonly #wanted = new Map<string, readonly number[]>();
  readonly #listeners = new Set<() => void>();
  #grey: readonly [number, number] | null = null;
  #running = false;

  constructor(
    readonly placed: PlacedParticles | null,
    /** Id of what the boxes are made of. */
    readonly source: number | undefined,
    readonly edge: number,
    readonly pace: (typeof PACE)[keyof typeof PACE],
  ) {}

  subscribe = (listener: () => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Says what one of those who show them has in sight. */
  want(id: string, ks: readonly number[]): void {
    this.#wanted.set(id, ks);
    if (!this.#running) void this.#run();
  }

  unwant(id: string): void {
    this.#wanted.delete(id);
  }

  async #run(): Promise<void> {
    this.#running = true;
    try {
      if (!this.#grey) await this.#measure();
      while (this.#grey) {
        const sight = new Set([...this.#wanted.values()].flat());
        const next = [...sight].filter((k) => !this.#pictures.has(k)).slice(0, this.pace.atOnce);
        if (next.length === 0) return;
        await this.#ask(next);
        for (const old of this.#pictures.keys()) {
          if (this.#pictures.size <= KEPT) break;
          if (!sight.has(old)) this.#pictures.delete(old);
        }
      }
    } catch {
      // The tomogram was closed, or its file cannot be read any more, which its slices say.
    } finally {
      this.#running = false;
    }
  }

  async #measure(): Promise<void> {
    const { placed } = this;
    if (!placed || placed.insideCount === 0) return;
    const { inside } = placed;
    const found = new Set<number>();
    const { sampled } = this.pace;
    for (let i = 0; i < sampled; i++)
      found.add(inside.indexOf(1, Math.floor((i * inside.length) / sampled)));
    // None stands behind some of the places.
    found.delete(-1);
    const sample = [...found];
    await this.#ask(sample);
    const values = sample
      .flatMap((k) => Array.from(this.#pictures.get(k)!))
      .filter((value) => !Number.isNaN(value));
    if (values.length === 0) return;
    const [low, high] = percentiles(Float32Array.from(values), [1, 99]);
    this.#grey = [low, high];
    this.#publish();
  }

  async #ask(ks: readonly number[]): Promise<void> {
    const { side, data } = await actions.pictureParticles(ks, this.edge);
    for (const [i, k] of ks.entries())
      this.#pictures.set(k, data.subarray(i * side * side, (i + 1) * side * side));
    this.shown = { ...this.shown, side };
    this.#publish();
  }

  #publish(): void {
    const grey = this.#grey;
    if (!grey) return;
    const of = (k: number) => this.#pictures.get(k) ?? null;
    this.shown = { side: this.shown.side, of, grey };
    for (const listener of this.#listeners) listener();
  }
}

let current = new ThumbnailSet(null, undefined, 0, PACE.tomogram);

/** Pictures of particles that are in sight, all with the same levels; kept while the page is left. */
export function useThumbnails(wanted: readonly number[]): Thumbnails {
  const placed = useStore(particlesStore, (state) => state.placed);
  const source = useStore(particlesStore, (state) => boxSourceOf(state)?.id);
  const kind = useStore(particlesStore, (state) => boxSourceOf(state)?.kind ?? 'tomogram');
  const edge = useBoxEdge();
  const id = useId();
  const set = useMemo(() => {
    const same = current.placed === placed && current.source === source && current.edge === edge;
    if (!same) current = new ThumbnailSet(placed, source, edge, PACE[kind]);
    return current;
  }, [placed, source, edge, kind]);
  useEffect(() => set.want(id, wanted), [set, id, wanted]);
  useEffect(() => () => set.unwant(id), [set, id]);
  return useSyncExternalStore(set.subscribe, () => set.shown);
}
