import { type ComponentType, lazy } from 'react';
import type { PageId } from './navigation.ts';

interface PageRow {
  readonly id: PageId;
  readonly title: string;
  /**
   * Fetched when first shown and unmounted when left, so what is to last belongs in a store; null for
   * the explain page, which stays.
   */
  readonly Content: ComponentType | null;
}

/** The pages in the order of their links. */
export const PAGES: readonly PageRow[] = [
  { id: 'explain', title: 'Explain', Content: null },
  {
    id: 'evaluate',
    title: 'Evaluate',
    Content: lazy(() => import('./evaluate/EvaluatePage.tsx')),
  },
  { id: 'paper', title: 'Paper', Content: lazy(() => import('./paper/PaperPage.tsx')) },
];
