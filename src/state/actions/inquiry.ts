import type { StoreApi } from 'zustand/vanilla';
import { isAborted, sentence } from '../../core/errors.ts';
import type { ExplainState } from '../explain.ts';
import { type Inquiry, NOT_ASKED } from '../inquiry.ts';

interface InquiryParts<T, Subject> {
  readonly store: StoreApi<Inquiry<T>>;
  readonly explain: StoreApi<ExplainState>;
  /** What is asked about the explanation at hand; null where nothing can be. */
  subject(state: ExplainState): (Subject & { readonly key: string }) | null;
  ask(
    subject: Subject,
    options: { readonly signal: AbortSignal; onProgress(fraction: number): void },
  ): Promise<T>;
  /** Answers that are remembered. */
  readonly remembered: number;
}

/**
 * Asks about the explanation at hand on demand. An explanation that is asked for meanwhile goes first and stops it.
 *
 * @returns starts it, unless that is done or under way
 */
export function createInquiry<T, Subject>(parts: InquiryParts<T, Subject>): () => Promise<void> {
  const { store, explain, subject, ask, remembered } = parts;
  const known = new Map<string, T>();
  let run: AbortController | null = null;

  explain.subscribe(({ status }, before) => {
    if (status !== 'running' || before.status === 'running' || !run) return;
    run.abort();
    run = null;
    store.setState(NOT_ASKED);
  });

  return async () => {
    const asked = subject(explain.getState());
    if (!asked) return;
    const { key } = asked;
    const { key: shown, status } = store.getState();
    if (shown === key && (status === 'ready' || (status === 'running' && run))) return;
    const before = known.get(key);
    run?.abort();
    run = null;
    if (before) {
      store.setState({ ...NOT_ASKED, key, status: 'ready', found: before });
      return;
    }
    const abort = new AbortController();
    run = abort;
    store.setState({ ...NOT_ASKED, key, status: 'running' });
    try {
      const found = await ask(asked, {
        signal: abort.signal,
        onProgress: (fraction) => {
          if (!abort.signal.aborted) store.setState({ fraction });
        },
      });
      if (abort.signal.aborted) return;
      known.set(key, found);
      for (const old of known.keys()) if (known.size > remembered) known.delete(old);
      store.setState({ status: 'ready', found });
    } catch (error) {
      if (abort.signal.aborted || isAborted(error)) return;
      store.setState({ status: 'error', error: sentence(error) });
    } finally {
      if (run === abort) run = null;
    }
  };
}
