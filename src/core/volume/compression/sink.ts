/** Receives unpacked bytes, valid during the call only; may throw to stop. */
export type Sink = (chunk: Uint8Array) => void;

/** What is intact as far as it was looked at, but packed in a way that is not read. */
export class NotRead extends Error {}
