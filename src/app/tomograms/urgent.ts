/** Work that is waited for, while other work rests. */
export class Urgent {
  #running = 0;
  readonly #resting: (() => void)[] = [];

  async run<T>(work: () => Promise<T>): Promise<T> {
    this.#running++;
    try {
      return await work();
    } finally {
      this.#running--;
      if (this.#running === 0) for (const resume of this.#resting.splice(0)) resume();
    }
  }

  /** Settles when none is running. */
  over(): Promise<void> {
    if (this.#running === 0) return Promise.resolve();
    return new Promise((resume) => this.#resting.push(resume));
  }
}
