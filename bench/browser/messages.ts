/** What the page's worker is asked; answered with {@link PageAnswer}. */
export type PageRequest =
  | {
      readonly do: 'load';
      readonly engine: 'own' | 'stock' | 'ort';
      readonly backend: 'wasm' | 'webgpu';
      readonly threads: number;
    }
  | { readonly do: 'run' };

export interface PageAnswer {
  readonly ms?: number;
  readonly values?: readonly number[];
  /** Adapter or threads. */
  readonly device?: string;
  readonly error?: string;
}
