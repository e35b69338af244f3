import { type Drawing, toBase64, writeSvg } from '../../core/drawing/index.ts';
import { VIEW_KINDS } from '../../core/session/index.ts';
import { mergeShells } from '../../core/surface/shells.ts';
import { METHOD_NAMES } from '../../panels/index.ts';
import { boundsOf } from '../../scene/camera.ts';
import { type Column, displayStore, viewStore } from '../../state/index.ts';
import { BAR_HEIGHT, drawBar, drawSlices } from '../picture/parts.ts';
import { Pen, type PictureStyle } from '../picture/pen.ts';
import {
  type PictureColumn,
  type PictureContent,
  pictureOfPage,
} from '../picture/pictureContent.ts';
import { Recorder } from '../picture/recorder.ts';
import { layoutRow } from '../sliceLayouts/index.ts';
import { writeStandalone } from '../standalone/html.ts';
import { packMesh } from '../standalone/pack.ts';
import type { StandaloneView } from '../standalone/types.ts';
import { columnSurfaces, otherKind } from './surfaces.ts';
import { tableRows } from './table.ts';

const STYLE: PictureStyle = { ground: '#ffffff', text: '#1c1d20', family: 'sans-serif' };
const COLUMN_WIDTH = 360;
const CAPTION = 18;
const BAR_WIDTH = 420;
const FILE_FAMILY = 'system-ui, sans-serif';

/** The comparison as one page that shows it, turns it, and fetches nothing; null while there is none. */
export async function standalonePage(): Promise<string | null> {
  const content = pictureOfPage();
  const display = displayStore.getState();
  if (!content || !display.volume) return null;
  const { default: viewer } = await import('virtual:standalone-viewer');
  const bounds = boundsOf(display.volume);
  const views: StandaloneView[] = [];
  for (const shown of content.columns) {
    const column = display.columns.find(({ id }) => id === shown.id);
    if (column) views.push(await viewOf(content, shown, column));
  }
  const { notes } = content;
  return writeStandalone(
    {
      title: content.title,
      facts: content.facts,
      views,
      bounds,
      camera: viewStore.getState().camera,
      lengthUnit: content.view.lengthUnit,
      colorBars: content.colorBars.map((bar) =>
        picture(BAR_WIDTH, BAR_HEIGHT + 12, (pen) => {
          drawBar(pen, bar, { x: 4, y: 2, width: BAR_WIDTH - 8, height: BAR_HEIGHT });
        }),
      ),
      notes: [notes.levels, notes.grid, notes.agreement].filter(Boolean),
      table: tableRows(display, METHOD_NAMES),
      program: content.program,
    },
    viewer,
  );
}

async function viewOf(
  content: PictureContent,
  shown: PictureColumn,
  column: Column,
): Promise<StandaloneView> {
  const surfaces = await columnSurfaces(column);
  const bounds = boundsOf(column.volume!);
  const { density } = shown.slices;
  const kind = otherKind(column);
  const asSurfaces = kind ? `as surfaces; was shown as: ${VIEW_KINDS[kind].label}` : '';
  const cells = layoutRow(content.view.sliceLayout, density).boxes(COLUMN_WIDTH);
  const height = CAPTION + Math.max(...cells.map((cell) => cell.height)) + 2;
  return {
    title: shown.title,
    detail: [shown.detail, asSurfaces].filter(Boolean).join('; '),
    mesh: packMesh(mergeShells(surfaces), bounds),
    looks: surfaces.map(({ color, opacity }) => ({ color, opacity })),
    slices: picture(COLUMN_WIDTH, height, (pen) => {
      drawSlices(
        pen,
        content,
        shown,
        cells.map((cell) => ({ ...cell, y: CAPTION })),
      );
    }),
  };
}

/** A drawing as the `data:` address of an SVG picture. */
function picture(width: number, height: number, draw: (pen: Pen) => void): string {
  const recorder = new Recorder();
  draw(new Pen(recorder, 1, STYLE, 1));
  const drawing: Drawing = { width, height, items: recorder.items, title: '', program: '' };
  // At 96 pixels per inch, as CSS counts them.
  const svg = writeSvg(drawing, (width / 96) * 25.4, FILE_FAMILY);
  return `data:image/svg+xml;base64,${toBase64(new TextEncoder().encode(svg))}`;
}
