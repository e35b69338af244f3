import { sumsToScore, writtenSum } from '../../core/cam/index.ts';
import { formatSigned, formatValue } from '../../core/color/index.ts';
import { fileStem, type LengthUnit, lengthUnitOf, volumeStem } from '../../core/volume/index.ts';
import type { Vec3 } from '../../core/volume/types.ts';
import { probability } from '../../panels/numbers.ts';
import { columnNames, columnTitle } from '../../panels/index.ts';
import { boundsOf } from '../../scene/camera.ts';
import type { ColorBarContent } from '../../slices/colorBar.ts';
import { colorBarContent, sliceContent } from '../../slices/sliceContent.ts';
import type { SliceContent } from '../../slices/painter.ts';
import { PROGRAM } from '../program.ts';
import { type PictureNotes, pictureNotes } from './notes.ts';
import {
  type Column,
  type Display,
  displayStore,
  headerColumns,
  mapColumns,
  optionsOf,
  type ViewState,
  viewStore,
  type VolumesState,
  volumesStore,
} from '../../state/index.ts';

export interface PictureColumn {
  /** That of its 3D view. */
  readonly id: string;
  readonly title: string;
  /** Beside the title, e.g. the sum of the map. */
  readonly detail: string;
  readonly slices: SliceContent;
}

/** A colour scale, and the columns that have it. */
export interface PictureBar {
  readonly columns: readonly string[];
  readonly caption: string;
  readonly content: ColorBarContent;
}

/** Everything the picture shows, and the provenance it carries. */
export interface PictureContent {
  readonly title: string;
  readonly facts: readonly string[];
  readonly columns: readonly PictureColumn[];
  readonly colorBars: readonly PictureBar[];
  readonly notes: PictureNotes;
  readonly crosshair: Vec3;
  readonly view: Omit<ViewState, 'lengthUnit'> & { readonly lengthUnit: LengthUnit };
  readonly bounds: ReturnType<typeof boundsOf>;
  readonly program: string;
  /** File name without its ending. */
  readonly name: string;
  readonly texts: Readonly<Record<string, string>>;
}

export interface PictureSources {
  readonly volumes: VolumesState;
  readonly view: ViewState;
  readonly display: Display;
}

/** What is on the page now; null while nothing is explained. */
export function pictureOfPage(): PictureContent | null {
  return pictureContent({
    volumes: volumesStore.getState(),
    view: viewStore.getState(),
    display: displayStore.getState(),
  });
}

/** The picture's content from the stores' states; null while nothing is explained. */
export function pictureContent(sources: PictureSources): PictureContent | null {
  const { view, display } = sources;
  const { volume, inputIso, answer } = display;
  const maps = mapColumns(display);
  const subject = headerColumns(display).at(-1)?.shown;
  if (!answer || !volume || !subject || !view.crosshair) return null;

  const { item, model, result } = answer;
  const className = model.classes[subject.classIndex] ?? `class ${subject.classIndex}`;
  const score = result.scores[subject.classIndex];
  const names = columnNames(display.columns);
  const column = (one: Column): PictureColumn[] => {
    const { id, volume: density, shown } = one;
    if (!density || (one.panel && !shown)) return [];
    const sum =
      shown && sumsToScore(shown.method) ? `Σ ${formatSigned(writtenSum(shown.map))}` : '';
    const slices = sliceContent(density, one, view);
    return [{ id, title: names.get(id)!, detail: sum, slices }];
  };
  const notes = pictureNotes(display, view);
  const facts = [
    /^class\b/i.test(className) ? `C${className.slice(1)}` : `Class ${className}`,
    `score ${formatValue(score)}`,
    ...(result.probabilities ? [`p ${probability(result.probabilities[subject.classIndex])}`] : []),
    `layer ${subject.layer}`,
    model.title,
  ];
  return {
    title: item.name,
    facts,
    columns: display.columns.flatMap(column),
    colorBars: display.scales.map((group, _, { length }) => ({
      columns: group.map(({ id }) => id),
      caption: length > 1 ? names.get(group.at(-1)!.id)! : '',
      content: colorBarContent(group.at(-1)!.shown, view),
    })),
    notes,
    crosshair: view.crosshair,
    view: { ...view, lengthUnit: lengthUnitOf(volume, view.lengthUnit) },
    bounds: boundsOf(volume),
    program: PROGRAM,
    name: fileStem([volumeStem(item.name), subject.layer, className]),
    texts: {
      Title: `${[...new Set(maps.map(columnTitle))].join(' and ')} of ${item.name}`,
      Description: `${facts.join(', ')}. ${notes.levels}.`,
      Software: PROGRAM,
      'Respond-CAM': JSON.stringify({
        program: PROGRAM,
        volume: {
          name: item.name,
          shape: volume.shape,
          voxelSizeA: volume.voxelSizeKnown ? volume.voxelSize : null,
          originA: volume.origin,
          options: optionsOf(sources.volumes, item.id),
        },
        network: { id: model.id, title: model.title, layer: subject.layer },
        class: { index: subject.classIndex, name: className, score },
        backend: result.backend,
        maps: maps.map(
          ({
            shown: {
              method,
              map: { sum, min, max },
              limit,
              levels: at,
            },
          }) => ({
            method,
            sum,
            min,
            max,
            limit,
            levels: at,
          }),
        ),
        inputIso,
        view,
      }),
    },
  };
}
