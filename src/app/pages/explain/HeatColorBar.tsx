import { useMemo, useSyncExternalStore } from 'react';
import { useStore } from 'zustand';
import { displayStore, viewStore } from '../../../state/index.ts';
import { ColorBar } from '../../../slices/index.ts';
import { colorBarContent } from '../../../slices/sliceContent.ts';

interface HeatColorBarProps {
  readonly side: 'left' | 'right';
  /** Whose scale it is; without it the bar says its unit. */
  readonly title?: string;
}

/** The colour scale of the heatmap of one side; both sides have the same while it is shared. */
export function HeatColorBar({ side, title }: HeatColorBarProps) {
  const shown = useStore(displayStore, (display) => display[side]);
  const palette = useStore(viewStore, (view) => view.palette);
  const sign = useStore(viewStore, (view) => view.sign);
  const theme = useTheme();
  const content = useMemo(
    () => shown && colorBarContent(shown, { palette, sign }),
    [shown, palette, sign],
  );
  return content && <ColorBar {...{ content, title, theme }} />;
}

const darkMode = () => window.matchMedia('(prefers-color-scheme: dark)');

function useTheme(): 'light' | 'dark' {
  const choice = useStore(viewStore, (view) => view.theme);
  const dark = useSyncExternalStore(
    (changed) => {
      const query = darkMode();
      query.addEventListener('change', changed);
      return () => query.removeEventListener('change', changed);
    },
    () => darkMode().matches,
  );
  if (choice !== 'system') return choice;
  return dark ? 'dark' : 'light';
}
