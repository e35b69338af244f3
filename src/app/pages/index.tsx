import { type ComponentType, lazy } from 'react';
import type { PageId } from '../routes.ts';

interface PageRow {
  readonly title: string;
  /**
   * Fetched when first shown and unmounted when left, so what is to last belongs in a store; null for
   * the explain page, which stays.
   */
  readonly Content: ComponentType | null;
}

/** The pages in the order of their links. */
export const PAGES: Readonly<Record<PageId, PageRow>> = {
  explain: { title: 'Explain', Content: null },
  particles: {
    title: 'Particles',
    Content: lazy(() => import('./particles/ParticlesPage.tsx')),
  },
  segment: { title: 'Segment', Content: lazy(() => import('./segment/SegmentPage.tsx')) },
  evaluate: { title: 'Evaluate', Content: lazy(() => import('./evaluate/EvaluatePage.tsx')) },
  paper: { title: 'Paper', Content: lazy(() => import('./paper/PaperPage.tsx')) },
};
