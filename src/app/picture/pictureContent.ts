import { version } from '../../../package.json';
import { sumsToScore } from '../../core/cam/index.ts';
import { formatSigned, formatValue } from '../../core/color/index.ts';
import { type LengthUnit, lengthUnitOf, volumeStem } from '../../core/volume/index.ts';
import type { Vec3 } from '../../core/volume/types.ts';
import { probability } from '../../panels/numbers.ts';
import { METHOD_NAMES } from '../../panels/index.ts';
import { boundsOf } from '../../scene/camera.ts';
import type { ColorBarContent } from '../../slices/colorBar.ts';
import { colorBarContent, sliceContent } from '../../slices/sliceContent.ts';
import type { SliceContent } from '../../slices/painter.ts';
import {
  type ColumnId,
  type Display,
  displayStore,
  optionsOf,
  type ShownMap,
  type ViewState,
  viewStore,
  type VolumesState,
  volumesStore,
} from '../../state/index.ts';

export interface PictureColumn {
  readonly id: ColumnId;
  readonly title: string;
  /** Beside the title, e.g. the sum of the map. */
  readonly detail: string;
  readonly slices: SliceContent;
}

/** Everything the picture shows, and the provenance it carries. */
export interface PictureContent {
  readonly title: string;
  readonly facts: readonly string[];
  readonly columns: readonly PictureColumn[];
  readonly colorBars: readonly { readonly caption: string; readonly content: ColorBarContent }[];
  readonly levels: string;
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
  const { volume, colour, left, right, inputIso, answer } = display;
  if (!answer || !volume || !left || !right || !view.crosshair) return null;

  const { item, model, result } = answer;
  const className = model.classes[right.classIndex] ?? `class ${right.classIndex}`;
  const score = result.scores[right.classIndex];
  const column = (id: ColumnId, shown: ShownMap): PictureColumn => ({
    id,
    title: METHOD_NAMES[shown.method],
    detail: sumsToScore(shown.method) ? `Σ ${formatSigned(shown.map.sum)}` : '',
    slices: sliceContent(volume, colour, inputIso, shown, view),
  });
  const bars = display.scaleMode === 'shared' ? [right] : [left, right];
  const levels = levelWords(view);
  const facts = [
    /^class\b/i.test(className) ? `C${className.slice(1)}` : `Class ${className}`,
    `score ${formatValue(score)}`,
    ...(result.probabilities ? [`p ${probability(result.probabilities[right.classIndex])}`] : []),
    `layer ${right.layer}`,
    model.title,
  ];
  const program = `Respond-CAM ${version}`;
  const stem = volumeStem(item.name);
  return {
    title: item.name,
    facts,
    columns: [
      {
        id: 'input',
        title: 'Input',
        detail: '',
        slices: sliceContent(volume, colour, inputIso, null, view),
      },
      column('left', left),
      column('right', right),
    ],
    colorBars: bars.map((shown) => ({
      caption: bars.length > 1 ? METHOD_NAMES[shown.method] : '',
      content: colorBarContent(shown, view),
    })),
    levels,
    crosshair: view.crosshair,
    view: { ...view, lengthUnit: lengthUnitOf(volume, view.lengthUnit) },
    bounds: boundsOf(volume),
    program,
    name: [stem, right.layer, className].join('.').replaceAll(/[^\w.+-]+/g, '-'),
    texts: {
      Title: `${METHOD_NAMES[left.method]} and ${METHOD_NAMES[right.method]} of ${item.name}`,
      Description: `${facts.join(', ')}. ${levels}.`,
      Software: program,
      'Respond-CAM': JSON.stringify({
        program,
        volume: {
          name: item.name,
          shape: volume.shape,
          voxelSizeA: volume.voxelSizeKnown ? volume.voxelSize : null,
          originA: volume.origin,
          options: optionsOf(sources.volumes, item.id),
        },
        network: { id: model.id, title: model.title, layer: right.layer },
        class: { index: right.classIndex, name: className, score },
        backend: result.backend,
        maps: [left, right].map(({ method, map: { sum, min, max }, limit, levels: at }) => ({
          method,
          sum,
          min,
          max,
          limit,
          levels: at,
        })),
        inputIso,
        view,
      }),
    },
  };
}

/** The contours' levels in words. */
function levelWords({ levels: { unit, values }, sign }: ViewState): string {
  const numbers = values.map((value) => formatValue(value, 4)).join(', ');
  const both = sign === 'both' ? '±' : sign === 'negative' ? '−' : '+';
  const of = {
    percent: '% of the maximum',
    sigma: ' standard deviations',
    absolute: ' score per voxel',
  }[unit];
  return values.length > 0 ? `Contours at ${both} ${numbers}${of}` : 'No contours';
}
