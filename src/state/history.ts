import { createStore, type StoreApi } from 'zustand/vanilla';

export interface HistoryState {
  readonly canUndo: boolean;
  readonly canRedo: boolean;
  /** What the next undo and redo concern, for their tooltips. */
  readonly undoLabel: string | null;
  readonly redoLabel: string | null;
}

interface CommitOptions {
  readonly merge?: boolean | symbol;
  readonly also?: { readonly undo: () => void; readonly redo: () => void };
}

export interface History {
  readonly store: StoreApi<HistoryState>;
  /**
   * Applies a change that the user can take back. With `merge`, changes of the same label within a
   * second of each other (a slider being dragged) count as one; with a symbol, all that are committed with it.
   * `also` is what goes back and forth with it and is no choice.
   */
  commit(label: string, apply: () => void, options?: CommitOptions): void;
  undo(): void;
  redo(): void;
  /** Looks again at what can be undone here; call it when network or volume have changed. */
  refresh(): void;
}

interface Entry<Snapshot> {
  readonly label: string;
  /** What the change belongs to, e.g. a network; null is everything. */
  readonly scope: string | null;
  /** Only what the change changed. */
  readonly before: Partial<Snapshot>;
  readonly after: Partial<Snapshot>;
  readonly at: number;
  /** With which the change was committed. */
  readonly merge: boolean | symbol;
  readonly also: CommitOptions['also'];
}

const MERGE_MS = 1000;
const LIMIT = 200;

export interface HistoryHost<Snapshot> {
  take(): Snapshot;
  /** Puts back the values of some keys. */
  restore(part: Partial<Snapshot>): void;
  /** What a change of these keys belongs to now. A change is taken back only where it was made. */
  scopeOf(keys: readonly (keyof Snapshot)[]): string | null;
  now?(): number;
}

/** Undo over the values that a host takes and puts back. */
export function createHistory<Snapshot extends object>({
  take,
  restore,
  scopeOf,
  now = () => Date.now(),
}: HistoryHost<Snapshot>): History {
  type Key = keyof Snapshot;
  const past: Entry<Snapshot>[] = [];
  const future: Entry<Snapshot>[] = [];
  const store = createStore<HistoryState>(() => ({
    canUndo: false,
    canRedo: false,
    undoLabel: null,
    redoLabel: null,
  }));

  /** Position of the newest entry that would change something here; -1 when there is none. */
  const find = (entries: readonly Entry<Snapshot>[], side: 'before' | 'after') => {
    const current = take();
    return entries.findLastIndex((entry) => {
      const keys = Object.keys(entry[side]) as Key[];
      return (
        scopeOf(keys) === entry.scope && keys.some((key) => !same(current[key], entry[side][key]))
      );
    });
  };

  const refresh = () => {
    const undoLabel = past[find(past, 'before')]?.label ?? null;
    const redoLabel = future[find(future, 'after')]?.label ?? null;
    const state = store.getState();
    if (state.undoLabel === undoLabel && state.redoLabel === redoLabel) return;
    store.setState({
      canUndo: undoLabel !== null,
      canRedo: redoLabel !== null,
      undoLabel,
      redoLabel,
    });
  };

  const move = (from: Entry<Snapshot>[], to: Entry<Snapshot>[], side: 'before' | 'after') => {
    const at = find(from, side);
    if (at < 0) return;
    const [entry] = from.splice(at, 1);
    to.push(entry);
    restore(entry[side]);
    entry.also?.[side === 'before' ? 'undo' : 'redo']();
    refresh();
  };

  return {
    store,
    commit(label, apply, { merge = false, also } = {}) {
      const whole = take();
      apply();
      const then = take();
      const keys = (Object.keys(then) as Key[]).filter((key) => !same(whole[key], then[key]));
      if (keys.length === 0) return;
      const scope = scopeOf(keys);
      const at = now();
      const last = past.at(-1);
      const merges =
        merge !== false &&
        last?.label === label &&
        last.scope === scope &&
        last.merge === merge &&
        future.length === 0 &&
        (merge !== true || at - last.at < MERGE_MS);
      const before = { ...pick(whole, keys), ...(merges && last.before) };
      const after = { ...(merges && last.after), ...pick(then, keys) };
      if (merges) past.pop();
      past.push({ label, scope, before, after, at, merge, also });
      if (past.length > LIMIT) past.shift();
      future.length = 0;
      refresh();
    },
    undo: () => move(past, future, 'before'),
    redo: () => move(future, past, 'after'),
    refresh,
  };
}

/** Choices are small plain values, so their text decides. */
const same = (a: unknown, b: unknown) => Object.is(a, b) || JSON.stringify(a) === JSON.stringify(b);

function pick<T extends object>(from: T, keys: readonly (keyof T)[]): Partial<T> {
  const part: Partial<T> = {};
  for (const key of keys) part[key] = from[key];
  return part;
}
