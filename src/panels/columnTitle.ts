import type { CamMethod } from '../core/cam/index.ts';
import type { Column } from '../state/index.ts';
import { METHOD_NAMES, SHORT_NAMES } from './glossary.ts';

type Titled = Pick<Column, 'panel' | 'shown'>;

const titleBy =
  (names: Readonly<Record<CamMethod, string>>) =>
  ({ panel, shown }: Titled): string => {
    if (!panel) return 'Input';
    if (panel.shows === 'specific') {
      const method = shown && names[shown.method];
      return method ? `${method} − class mean` : 'Without the class mean';
    }
    if (panel.shows === 'difference') {
      if (!shown?.minus || shown.minus === 'mean') return 'Difference';
      const [a, b] = [names[shown.method], names[shown.minus.method]];
      return a === b ? 'Difference' : `${a} − ${b}`;
    }
    return names[shown?.method ?? panel.method];
  };

/** What a column is called: by the map that is shown, else by the one asked for. */
export const columnTitle = titleBy(METHOD_NAMES);

/** The same for a narrow head. */
export const shortColumnTitle = titleBy(SHORT_NAMES);
