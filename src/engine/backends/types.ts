import type { BackendChoice, BackendName } from '../types.ts';

/** What is known about a backend before it is started. */
export interface Candidate {
  readonly name: BackendName;
  /** Adapter or processor in words. */
  readonly device: string;
  /** False for a graphics driver that computes on the processor. */
  readonly hardware: boolean;
  /** Why `auto` takes it, or not. */
  readonly reason: string;
}

/** What a device reports apart from the call that caused it. */
export interface Complaint {
  readonly kind: 'memory' | 'fault';
  /** The implementation's own words. */
  readonly message: string;
}

/** What a backend can hold, in bytes; infinite where nothing but the others limits it. */
export interface MemoryLimits {
  /** Activations and one class's gradients. */
  readonly total: number;
  /** The largest value within a slab, where a volume is computed in slabs. */
  readonly slab: number;
  /** Input and output of one operation together. */
  readonly operation: number;
  /** One value. */
  readonly tensor: number;
}

export interface StartedBackend {
  /** Adapter or processor in words, known better once started. */
  readonly device: string;
  /** Absent where a network is run as a whole, whatever its size. */
  readonly memory?: MemoryLimits;
  /** Resolves with the reason when the device is lost; absent where that cannot happen. */
  readonly lost?: Promise<string>;
  /**
   * Collects complaints from here on; the function it returns ends that and gives the gravest one. Absent
   * where errors are thrown by the call that causes them.
   */
  readonly listen?: () => () => Promise<Complaint | undefined>;
}

export interface BackendDriver {
  /**
   * Undefined, or an error that says why, when the backend cannot be used on this machine.
   *
   * @param choice what the user asked for
   */
  probe(choice: BackendChoice): Promise<Candidate | undefined>;
  start(): Promise<StartedBackend>;
}

/** Locations of the wasm binaries by file name, where the package's own folder is not reachable. */
export type WasmFiles = Readonly<Record<string, string>>;
