import type { Column } from '../state/index.ts';
import { METHOD_NAMES } from './glossary.ts';

/** What a column is called: by the map that is shown, else by the one asked for. */
export function columnTitle({ panel, shown }: Pick<Column, 'panel' | 'shown'>): string {
  if (!panel) return 'Input';
  if (panel.shows === 'specific') {
    const method = shown && METHOD_NAMES[shown.method];
    return method ? `${method} − class mean` : 'Without the class mean';
  }
  if (panel.shows === 'difference') {
    if (!shown?.minus || shown.minus === 'mean') return 'Difference';
    const [a, b] = [METHOD_NAMES[shown.method], METHOD_NAMES[shown.minus.method]];
    return a === b ? 'Difference' : `${a} − ${b}`;
  }
  return METHOD_NAMES[shown?.method ?? panel.method];
}
