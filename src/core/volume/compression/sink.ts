/** Receives unpacked bytes, valid during the call only; may throw to stop. */
export type Sink = (chunk: Uint8Array) => void;
