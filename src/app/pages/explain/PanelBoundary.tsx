import type { ReactNode } from 'react';
import { useStore } from 'zustand';
import { explainStore, networkStore, volumesStore } from '../../../state/index.ts';
import { Boundary } from '../../../ui/Boundary.tsx';

interface PanelBoundaryProps {
  /** As it begins a sentence, e.g. "The class list". */
  readonly name: string;
  readonly className?: string;
  readonly children: ReactNode;
}

/** A part of the explain page that may fail alone; another volume, network or result is tried again. */
export function PanelBoundary(props: PanelBoundaryProps) {
  const answer = useStore(explainStore, (state) => state.answer?.key);
  const volume = useStore(volumesStore, (state) => state.currentId);
  const model = useStore(networkStore, (state) => state.model?.id);
  return <Boundary resetKey={[answer, volume, model].join(' ')} {...props} />;
}
