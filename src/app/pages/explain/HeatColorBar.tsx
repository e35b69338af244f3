import { useMemo } from 'react';
import { useStore } from 'zustand';
import { displayStore, viewStore } from '../../../state/index.ts';
import { useMedia } from '../../../ui/useMedia.ts';
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

function useTheme(): 'light' | 'dark' {
  const choice = useStore(viewStore, (view) => view.theme);
  const dark = useMedia('(prefers-color-scheme: dark)');
  if (choice !== 'system') return choice;
  return dark ? 'dark' : 'light';
}
