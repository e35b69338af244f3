/** The grid of the bundled templates and of everything simulated from them (paper: 40^3 at 1 nm, 4 nm). */
export const TEMPLATE_GRID = { voxelSize: 10, resolution: 40, box: 40 } as const;
