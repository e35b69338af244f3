import { useMemo } from 'react';
import { useStore } from 'zustand';
import { type ShownMap, viewStore } from '../../../state/index.ts';
import { useMedia } from '../../../ui/useMedia.ts';
import { ColorBar } from '../../../slices/index.ts';
import { colorBarContent } from '../../../slices/sliceContent.ts';

interface HeatColorBarProps {
  /** One of the maps whose scale it is. */
  readonly shown: ShownMap;
  /** Whose scale it is; without it the bar says its unit. */
  readonly title?: string;
}

/** The colour scale of a heatmap, and of those that share it. */
export function HeatColorBar({ shown, title }: HeatColorBarProps) {
  const palette = useStore(viewStore, (view) => view.palette);
  const sign = useStore(viewStore, (view) => view.sign);
  const theme = useTheme();
  const content = useMemo(() => colorBarContent(shown, { palette, sign }), [shown, palette, sign]);
  return <ColorBar {...{ content, title, theme }} />;
}

function useTheme(): 'light' | 'dark' {
  const choice = useStore(viewStore, (view) => view.theme);
  const dark = useMedia('(prefers-color-scheme: dark)');
  if (choice !== 'system') return choice;
  return dark ? 'dark' : 'light';
}
