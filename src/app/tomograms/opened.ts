/** What this thread has opened, by the ids of the sources; what it does not know yet is opened when it is asked about. */
export class OpenedSources<S extends { readonly id: number }, T> {
  readonly #known = new Map<number, Promise<T>>();

  constructor(readonly open: (source: S) => Promise<T>) {}

  of(source: S): Promise<T> {
    let known = this.#known.get(source.id);
    if (!known) {
      known = this.open(source);
      this.#known.set(source.id, known);
      known.catch(() => this.forget(source.id));
    }
    return known;
  }

  forget(id: number): void {
    this.#known.delete(id);
  }
}
