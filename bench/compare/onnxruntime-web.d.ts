/** What the bench uses of onnxruntime-web, so that its types are not needed where it is not installed. */
declare module 'onnxruntime-web' {
  export const env: {
    readonly versions: { readonly web?: string };
    readonly wasm: { numThreads?: number; wasmPaths?: string };
  };
  export class Tensor {
    constructor(type: 'float32', data: Float32Array, dims: readonly number[]);
    /** Of a tensor in the processor's memory. */
    readonly data: unknown;
    getData(): Promise<unknown>;
  }
  export class InferenceSession {
    static create(
      model: Uint8Array,
      options: Readonly<Record<string, unknown>>,
    ): Promise<InferenceSession>;
    run(feeds: Readonly<Record<string, Tensor>>): Promise<Readonly<Record<string, Tensor>>>;
  }
}
