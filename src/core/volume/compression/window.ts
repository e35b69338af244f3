import type { Sink } from './sink.ts';

/** Bytes of a window that is given its memory at once; it grows with what is unpacked. */
const FIRST_WINDOW = 1 << 16;

/** The last bytes that were unpacked, to which matches refer; hands them on as they leave. */
export class Window {
  private bytes = new Uint8Array(FIRST_WINDOW);
  private limit = FIRST_WINDOW;
  private at = 0;
  private flushed = 0;
  /** Whether the bytes behind `at` are of the last turn, and count. */
  private full = false;

  constructor(private readonly sink: Sink) {}

  /** Forgets everything; matches then reach back up to `limit` bytes. */
  reset(limit: number): void {
    this.flush();
    this.limit = Math.max(limit, FIRST_WINDOW);
    if (this.bytes.length > this.limit) this.bytes = new Uint8Array(FIRST_WINDOW);
    this.at = 0;
    this.flushed = 0;
    this.full = false;
  }

  /** Whether a match may reach back so many bytes, 0 for the last one. */
  reaches(distance: number): boolean {
    return distance < (this.full ? this.bytes.length : this.at);
  }

  /** The byte so far back, 0 for the last one; one that was not unpacked is 0. */
  get(distance: number): number {
    const at = this.at - distance - 1;
    return this.bytes[at < 0 ? at + this.bytes.length : at];
  }

  put(byte: number): void {
    if (this.at === this.bytes.length) this.turn();
    this.bytes[this.at++] = byte;
  }

  /** Hands on what was not handed on yet. */
  flush(): void {
    if (this.at > this.flushed) this.sink(this.bytes.subarray(this.flushed, this.at));
    this.flushed = this.at;
  }

  private turn(): void {
    this.flush();
    if (this.bytes.length < this.limit) {
      const larger = new Uint8Array(Math.min(this.limit, 2 * this.bytes.length));
      larger.set(this.bytes);
      this.bytes = larger;
      return;
    }
    this.at = 0;
    this.flushed = 0;
    this.full = true;
  }
}
