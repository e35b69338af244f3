import { createStore } from 'zustand/vanilla';
import { aborted } from '../../core/errors.ts';

interface FilmTask {
  readonly signal: AbortSignal;
  onProgress(fraction: number): void;
}

interface FilmState {
  /** Share of the film that is drawn; null while none is made. */
  readonly done: number | null;
  cancel(): void;
  /** Runs what makes a film, in place of one that is being made. */
  film(make: (task: FilmTask) => Promise<Blob>): Promise<Blob>;
}

/** The film that is being made. */
export const filmStore = createStore<FilmState>((set) => {
  let running: AbortController | null = null;
  return {
    done: null,
    cancel: () => running?.abort(),
    async film(make) {
      running?.abort();
      const abort = new AbortController();
      running = abort;
      set({ done: 0 });
      try {
        return await make({
          signal: abort.signal,
          onProgress: (done) => {
            if (abort.signal.aborted) throw aborted();
            set({ done });
          },
        });
      } finally {
        if (running === abort) {
          running = null;
          set({ done: null });
        }
      }
    },
  };
});
