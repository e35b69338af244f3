/** Voxels that the app holds of one file; they are 32-bit floats, so four bytes each. */
export const MAX_VOXELS = 100e6;
