import { type Display, displayStore } from '../../state/index.ts';
import { download, type FileExport } from '../../ui/download.ts';
import { pictureOfPage } from '../picture/pictureContent.ts';
import { filmStore } from './film.ts';

/** What the whole comparison can be saved as; each row is an entry of the Share menu and a command. */
export const COMPARISON_EXPORTS: readonly (FileExport<Display> & { readonly title: string })[] = [
  {
    title: 'Save the table of classes',
    label: 'CSV',
    hint: 'Scores, probabilities and sums of the maps of every class',
    ending: '.csv',
    type: 'text/csv',
    write: async (display) => (await import('./table.ts')).tableCsv(display),
  },
  {
    title: 'Save as a page that turns',
    label: 'HTML',
    hint: 'One file that opens in any browser, without a network; every map as surfaces of its levels',
    ending: '.html',
    type: 'text/html',
    write: async () => (await (await import('./standalone.ts')).standalonePage()) ?? '',
  },
  {
    title: 'Film one turn',
    label: 'WebM',
    hint: 'All panels turning once, for slides',
    ending: '.webm',
    type: 'video/webm',
    async write() {
      const { filmTurntable } = await import('./turntable.ts');
      return filmStore.getState().film(filmTurntable);
    },
  },
];

export async function saveComparison(row: (typeof COMPARISON_EXPORTS)[number]): Promise<void> {
  const display = displayStore.getState();
  const content = pictureOfPage();
  if (!content) return;
  const data = await row.write(display);
  download(`${content.name}${row.ending}`, new Blob([data], { type: row.type }));
}
