import type { NetworkFormat } from '../../core/network-formats.ts';
import type { Graph } from '../graph/types.ts';
import type { ModelSidecar } from '../model/sidecar.ts';
import type { ModelFiles } from '../model/source.ts';
import type { Stored } from '../model/stored.ts';
import type { ReadingWith, TaskOptions } from '../types.ts';

/** A network as its file has it. */
export interface ReadNetwork {
  readonly graph: Graph;
  /** Who wrote the file and how, e.g. "ONNX, opset 17, pytorch 2.6.0". */
  readonly origin: string;
  /** What to say about the files, one sentence each. */
  readonly notes: readonly string[];
  /** What the file says of the network's input and classes; a sidecar says it better. */
  readonly facts?: ModelSidecar;
  /** SHA-256 of what the network computes, wherever it lies; null where the platform has none. */
  readonly fingerprint: string | null;
}

/** A network's main file and what else there is to read it with. */
export interface Reading extends ReadingWith {
  readonly file: Stored;
  readonly files: ModelFiles;
  readonly options: TaskOptions;
}

/** @throws AppError `bad-file`, `unsupported` */
export type Reader = (reading: Reading) => Promise<ReadNetwork>;

/** How networks of one format are recognised and read. */
export interface FormatRow {
  readonly id: NetworkFormat['id'];
  /** By content alone: how it begins, and all of it. */
  recognises(head: Uint8Array, file: Stored): boolean;
  /** Fetches the reader, which only those need who open such a file. */
  reader(): Promise<Reader>;
}
