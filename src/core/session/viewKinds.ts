interface ViewKindRow {
  readonly label: string;
  readonly hint: string;
  /**
   * What the 3D view draws: surfaces of the levels in the density, the density in the map's colours, slices, or the map
   * as seen along the line of sight.
   */
  readonly surface: 'levels' | 'density' | 'slices' | 'sight';
  /** Whether the map is interpolated, or each of its own voxels is one block. */
  readonly smooth: boolean;
}

/** How a panel draws its map; each row is an entry of the panel's menu. */
export const VIEW_KINDS = {
  shells: {
    label: 'Shells',
    hint: 'Nested surfaces of the levels in the density',
    surface: 'levels',
    smooth: true,
  },
  voxels: {
    label: 'Voxels of the layer',
    hint: 'The map on its own grid, as it is: every voxel a block, nothing interpolated',
    surface: 'levels',
    smooth: false,
  },
  painted: {
    label: 'Painted on the density',
    hint: "The density's surface in the colours of the map where it lies",
    surface: 'density',
    smooth: true,
  },
  slices: {
    label: 'Slices in the box',
    hint: 'The three slices through the crosshair where they are, in the surface of the density',
    surface: 'slices',
    smooth: true,
  },
  projection: {
    label: 'Projection',
    hint: 'Along the line of sight: the largest value of the map over the mean density, from any side',
    surface: 'sight',
    smooth: true,
  },
} as const satisfies Readonly<Record<string, ViewKindRow>>;

export type ViewKind = keyof typeof VIEW_KINDS;
