/** What the page's worker is asked to measure; it answers with a {@link DeviceAnswer} for each row, and at the end. */
export interface DeviceRequest {
  readonly backend: 'wasm' | 'webgpu';
  /** Voxels along an edge of the operations' volumes. */
  readonly edge: number;
  /** Rows and columns of the matrix product. */
  readonly product: number;
  readonly networks: readonly ('cnn-2' | 'cnn-1')[];
  /** Timed runs, of which the median counts. */
  readonly runs: number;
  /** What is measured on TensorFlow.js's own kernels, too. */
  readonly stock: 'none' | 'operations' | 'all';
}

export interface DeviceRow {
  readonly name: string;
  readonly ms: number;
  /** ms of TensorFlow.js's own kernels. */
  readonly stock?: number;
  /** GFLOP/s */
  readonly rate?: number;
  /** Of the matrix product's rate. */
  readonly share?: number;
}

export type DeviceAnswer =
  | { readonly row: DeviceRow }
  | { readonly device: string }
  | { readonly error: string }
  | { readonly done: true };
