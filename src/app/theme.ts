import { useLayoutEffect } from 'react';
import { useStore } from 'zustand';
import { viewStore } from '../state/index.ts';

/** Follows the chosen theme; without one the style sheet follows the system. */
export function useTheme(): void {
  const theme = useStore(viewStore, (view) => view.theme);
  useLayoutEffect(() => {
    const { dataset } = document.documentElement;
    if (theme === 'system') delete dataset.theme;
    else dataset.theme = theme;
  }, [theme]);
}
