import { createStore, type StoreApi } from 'zustand/vanilla';

export interface HistoryState {
  readonly canUndo: boolean;
  readonly canRedo: boolean;
  /** What the next undo and redo concern, for their tooltips. */
  readonly undoLabel: string | null;
  readonly redoLabel: string | null;
}

export interface History {
  readonly store: StoreApi<HistoryState>;
  /**
   * Applies a change that the user can take back. With `merge`, changes of the same label within a
   * second of each other (a slider being dragged) count as one.
   */
  commit(label: string, apply: () => void, options?: { merge?: boolean }): void;
  undo(): void;
  redo(): void;
}

interface Entry<Snapshot> {
  readonly label: string;
  readonly before: Snapshot;
  readonly after: Snapshot;
  readonly at: number;
}

const MERGE_MS = 1000;
const LIMIT = 200;

/** Undo over snapshots that `take` makes and `restore` puts back. */
export function createHistory<Snapshot>(
  take: () => Snapshot,
  restore: (snapshot: Snapshot) => void,
  now: () => number = () => Date.now(),
): History {
  let past: Entry<Snapshot>[] = [];
  let future: Entry<Snapshot>[] = [];
  const store = createStore<HistoryState>(() => ({
    canUndo: false,
    canRedo: false,
    undoLabel: null,
    redoLabel: null,
  }));
  const publish = () =>
    store.setState({
      canUndo: past.length > 0,
      canRedo: future.length > 0,
      undoLabel: past.at(-1)?.label ?? null,
      redoLabel: future.at(-1)?.label ?? null,
    });
  return {
    store,
    commit(label, apply, { merge = false } = {}) {
      const before = take();
      apply();
      const last = past.at(-1);
      const at = now();
      const merges =
        merge && last && future.length === 0 && last.label === label && at - last.at < MERGE_MS;
      const entry = { label, before: merges ? last.before : before, after: take(), at };
      past = [...(merges ? past.slice(0, -1) : past), entry].slice(-LIMIT);
      future = [];
      publish();
    },
    undo() {
      const entry = past.pop();
      if (!entry) return;
      future.push(entry);
      restore(entry.before);
      publish();
    },
    redo() {
      const entry = future.pop();
      if (!entry) return;
      past.push(entry);
      restore(entry.after);
      publish();
    },
  };
}
