import {
  BLENDINGS,
  type Component,
  outputGrid,
  overlapVoxels,
  volumeNm3,
} from '../src/core/segmentation/index.ts';
import { boxText, lengthText, type SourceGrid, voxelToWorld } from '../src/core/volume/index.ts';
import type { ModelInfo, Segmentation } from '../src/engine/types.ts';

/** The JSON document of `segment --json`. Voxels are z, y, x of the output, places Å along x, y, z. */
export function segmentDocument(
  model: string,
  info: ModelInfo,
  input: SourceGrid,
  found: Segmentation,
  { smallest }: { readonly smallest: number },
) {
  const { plan, tiling, components, channels, meaning } = found;
  const grid = outputGrid(input, plan, tiling.axes);
  const known = input.voxelSizeKnown;
  const of = (part: Component) => {
    const [z, y, x] = part.centroid;
    const index = channels[part.label - 1];
    return {
      id: part.id,
      label: part.label,
      index,
      class: info.classes[index],
      voxels: part.voxels,
      volumeNm3: known ? volumeNm3(part.voxels, grid) : null,
      centroid: part.centroid,
      position: known ? voxelToWorld(grid, [x, y, z]) : null,
      inside: part.inside,
      box: part.box,
      probability: part.probability,
    };
  };
  const counts = new Float64Array(channels.length + 1);
  for (const { label, voxels } of components.list) counts[label] += voxels;
  const listed = components.list.filter(({ voxels }) => voxels >= smallest);
  return {
    model,
    backend: found.backend,
    input: gridOf(input),
    output: gridOf(grid),
    tiling: {
      tile: plan.axes.map(({ tile }) => tile),
      tiles: plan.count,
      overlap: plan.axes.map(({ out }) => overlapVoxels(tiling.overlap, out)),
      blending: tiling.blending,
      mirror: tiling.mirror,
      exchange: tiling.exchange,
      axes: tiling.axes,
    },
    independent: meaning.independent,
    background: meaning.background,
    shared: found.shared,
    classes: channels.map((index, i) => ({
      label: i + 1,
      index,
      name: info.classes[index],
      voxels: counts[i + 1],
      volumeNm3: known ? volumeNm3(counts[i + 1], grid) : null,
      components: components.list.filter(({ label }) => label === i + 1).length,
    })),
    left: components.list.length - listed.length,
    components: listed.map(of),
    timing: { total: found.milliseconds },
  };
}

export type SegmentDocument = ReturnType<typeof segmentDocument>;

const gridOf = ({ shape, voxelSize, voxelSizeKnown, origin }: SourceGrid) => ({
  shape,
  voxelSize,
  voxelSizeKnown,
  origin,
});

const MOST_LINES = 20;

/** The same as text. */
export function segmentLines({ title }: ModelInfo, document: SegmentDocument): string[] {
  const { input, output, tiling, classes, components, left } = document;
  const [z, y, x] = tiling.tile;
  const seconds = (document.timing.total / 1000).toFixed(1);
  const same = output.shape.every((n, axis) => n === input.shape[axis]);
  const size = ({ voxelSize, voxelSizeKnown }: typeof input) =>
    voxelSizeKnown ? ` of ${lengthText(voxelSize)}` : '';
  const hidden = components.length - MOST_LINES + left;
  return [
    `${title} over ${boxText(input.shape)} voxels${size(input)}: ${tiling.tiles} ${tiling.tiles === 1 ? 'tile' : 'tiles'} of ${boxText([z, y, x])}, ${BLENDINGS[tiling.blending].sentence}; ${seconds} s on ${document.backend}.`,
    ...(same ? [] : [`Its output has ${boxText(output.shape)} voxels${size(output)}.`]),
    ...(document.shared > 0
      ? [`${document.shared} voxels belong to more than one class; labels give the most probable.`]
      : []),
    '',
    ...table([
      ['label', 'class', 'voxels', 'nm³', 'components'],
      ...classes.map((row) => [
        String(row.label),
        row.name,
        String(row.voxels),
        nm3(row.volumeNm3),
        String(row.components),
      ]),
    ]),
    ...(components.length > 0
      ? [
          '',
          ...table([
            ['component', 'class', 'voxels', 'nm³', 'centroid z, y, x', 'probability'],
            ...components
              .slice(0, MOST_LINES)
              .map((part) => [
                String(part.id),
                part.class,
                String(part.voxels),
                nm3(part.volumeNm3),
                part.centroid.map((n) => n.toFixed(1)).join(', '),
                part.probability.toFixed(3),
              ]),
          ]),
        ]
      : []),
    ...(hidden > 0 ? [`and ${hidden} more`] : []),
  ];
}

const nm3 = (value: number | null) => (value === null ? '' : String(Number(value.toPrecision(4))));

/** Columns; the second one, a name, to the left. */
function table(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows.map((row) =>
    row
      .map((cell, i) => (i === 1 ? cell.padEnd(widths[i]) : cell.padStart(widths[i])))
      .join('  ')
      .trimEnd(),
  );
}
