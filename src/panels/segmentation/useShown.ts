import { useMemo } from 'react';
import { useStore } from 'zustand';
import type { Component } from '../../core/segmentation/index.ts';
import { type Picked, pickedAt, segmentationStore, viewStore } from '../../state/index.ts';

/** What the network says at the crosshair. */
export function usePicked(): Picked | null {
  const result = useStore(segmentationStore, (state) => state.result);
  const chosen = useStore(segmentationStore, (state) => state.chosen);
  const crosshair = useStore(viewStore, (view) => view.crosshair);
  return useMemo(() => pickedAt({ result, chosen }, crosshair), [result, chosen, crosshair]);
}

/** Components of the classes that are drawn. */
export function useShownComponents(): readonly Component[] {
  const result = useStore(segmentationStore, (state) => state.result);
  const hidden = useStore(segmentationStore, (state) => state.hidden);
  return useMemo(
    () => result?.found.components.list.filter(({ label }) => !hidden.includes(label)) ?? [],
    [result, hidden],
  );
}
