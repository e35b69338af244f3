import { aborted } from '../../core/errors.ts';

/** Lets messages (an abort) and timers in when the last pause is long ago. */
export class TaskYielder {
  private last = Date.now();
  constructor(
    private readonly signal?: AbortSignal,
    private readonly everyMs = 30,
  ) {}

  /** Throws the `aborted` error when the task was cancelled. */
  async pause(): Promise<void> {
    if (Date.now() - this.last > this.everyMs) {
      await new Promise((resolve) => setTimeout(resolve, 0));
      this.last = Date.now();
    }
    if (this.signal?.aborted) throw aborted();
  }
}
