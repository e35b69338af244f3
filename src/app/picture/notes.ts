import { agreementOf, MOST_RANKED } from '../../core/agreement/index.ts';
import { formatValue } from '../../core/color/index.ts';
import { lengthUnitOf, regrid } from '../../core/volume/index.ts';
import { gridPhrase } from '../../core/where/index.ts';
import { columnTitle } from '../../panels/index.ts';
import {
  type Display,
  headerColumns,
  type MapColumn,
  mapColumns,
  type ViewState,
} from '../../state/index.ts';
import { withMinus } from '../../core/minus.ts';

/** What stands under a picture; empty where there is nothing to say. */
export interface PictureNotes {
  readonly levels: string;
  /** How coarse the maps are, whatever smooth surfaces suggest. */
  readonly grid: string;
  readonly agreement: string;
}

export function pictureNotes(display: Display, view: ViewState): PictureNotes {
  return {
    levels: [
      levelWords(view, display.volume?.shape[0] === 1),
      ...(display.columns.some(({ marked }) => marked) ? ['white outline: what is explained'] : []),
    ].join('; '),
    grid: gridWords(display, view),
    agreement: agreementWords(display),
  };
}

/** The contours' levels in words. */
function levelWords({ levels: { unit, values }, sign }: ViewState, flat: boolean): string {
  const numbers = values.map((value) => formatValue(value, 4)).join(', ');
  const both = sign === 'both' ? '±' : sign === 'negative' ? '−' : '+';
  const of = {
    percent: '% of the maximum',
    sigma: ' standard deviations',
    absolute: ` score per ${flat ? 'pixel' : 'voxel'}`,
    mass: '% of the mass beyond',
  }[unit];
  return values.length > 0 ? `Contours at ${both} ${numbers}${of}` : 'No contours';
}

/** E.g. `Maps of 5³ voxels of 8 nm`, for each grid that differs. */
function gridWords(display: Display, { lengthUnit }: ViewState): string {
  const phrases = mapColumns(display).flatMap(({ volume, shown: { gridShape } }) => {
    if (!volume || volume.rowsDown) return [];
    return [gridPhrase(regrid(volume, gridShape), lengthUnitOf(volume, lengthUnit))];
  });
  const distinct = [...new Set(phrases)];
  return distinct.length > 0 ? `Maps of ${distinct.join(' and ')}` : '';
}

/** How far the first and the last map of what the header asks agree. */
function agreementWords(display: Display): string {
  const maps = headerColumns(display);
  const [first, last] = [maps[0], maps.at(-1)];
  if (!first || !last || first === last || !first.volume) return '';
  const { cosine, shift } = agreementOf(placed(first), placed(last), first.volume, MOST_RANKED);
  if (cosine === null) return '';
  const moved = shift === null ? '' : `, positive parts ${formatValue(shift / 10)} nm apart`;
  const known = first.volume.voxelSizeKnown ? moved : '';
  const names = `${columnTitle(first)} and ${columnTitle(last)}`;
  return `${names}: cosine ${withMinus(cosine.toFixed(2))}${known}`;
}

const placed = ({ shown }: MapColumn) => ({ data: shown.map.data, shape: shown.gridShape });
