import { useMemo } from 'react';
import { useStore } from 'zustand';
import {
  currentVolume,
  displayStore,
  evaluationStore,
  historyStore,
  isDense,
  mapColumns,
  networkStore,
  particlesStore,
  segmentationStore,
  volumesStore,
} from '../../state/index.ts';
import { type PageId, usePage } from '../routes.ts';

/** What decides which commands there are. */
export interface Situation {
  readonly page: PageId;
  /** Number of opened volumes. */
  readonly volumes: number;
  /** There are heatmaps on the explain page. */
  readonly explained: boolean;
  /** There is a result on the evaluation page. */
  readonly evaluated: boolean;
  /** A segmentation can be started. */
  readonly segmentable: boolean;
  /** There is one. */
  readonly segmented: boolean;
  /** The volume shown is a tile of a segmented one. */
  readonly tile: boolean;
  /** The volume shown is the box of a particle. */
  readonly particle: boolean;
  /** Particles stand in a tomogram. */
  readonly placed: boolean;
  readonly canUndo: boolean;
  readonly canRedo: boolean;
}

export function useSituation(): Situation {
  const page = usePage();
  const volumes = useStore(volumesStore, (state) => state.items.length);
  const explained = useStore(displayStore, (display) => mapColumns(display).length > 0);
  const evaluated = useStore(evaluationStore, ({ result }) => result !== null && result.n > 0);
  const item = useStore(volumesStore, currentVolume);
  const segmentable =
    useStore(networkStore, ({ model }) => model !== null && isDense(model)) && item !== null;
  const segmented = useStore(segmentationStore, ({ result }) => result !== null);
  const tile = item?.tile !== undefined;
  const placed = useStore(particlesStore, (state) => state.placed !== null);
  const particle = placed && item?.particle !== undefined;
  const { canUndo, canRedo } = useStore(historyStore);
  return useMemo(
    () => ({
      ...{ page, volumes, explained, evaluated, segmentable, segmented },
      ...{ tile, particle, placed, canUndo, canRedo },
    }),
    // biome-ignore format: one below the other they are hard to compare
    [page, volumes, explained, evaluated, segmentable, segmented, tile, particle, placed, canUndo, canRedo],
  );
}
