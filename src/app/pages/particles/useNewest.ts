import { useEffect, useRef, useState } from 'react';
import type { Axis, SliceRequest } from '../../../core/tomogram/index.ts';
import { isAborted, sentence } from '../../../core/errors.ts';
import { actions, type TomogramInfo } from '../../../state/index.ts';

/** Asks for one thing at a time, and always for the one wanted last; what is there stays meanwhile. */
export function useNewest<Request, Answer>(
  wanted: Request,
  /** Begins with the tomogram's id: an answer about another tomogram is none about this one. */
  key: string,
  ask: (request: Request) => Promise<Answer | null>,
): Answer | null {
  const [shown, setShown] = useState<{ answer: Answer | null; key: string } | null>(null);
  const next = useRef<{ request: Request; key: string } | null>(null);
  const busy = useRef(false);
  const done = useRef('');

  useEffect(() => {
    if (`${key} ${JSON.stringify(wanted)}` === done.current) return;
    next.current = { request: wanted, key };
    const run = async () => {
      if (busy.current) return;
      busy.current = true;
      while (next.current) {
        const { request, key: own } = next.current;
        next.current = null;
        try {
          const answer = await ask(request);
          done.current = `${own} ${JSON.stringify(request)}`;
          setShown({ answer, key: own });
        } catch (error) {
          if (!isAborted(error)) actions.reportError(sentence(error));
        }
      }
      busy.current = false;
    };
    void run();
  });
  return shown && shown.key.split(' ')[0] === key.split(' ')[0] ? shown.answer : null;
}

/** A request whose window moves in steps of its own size, so that small moves ask for nothing new. */
export function requestOf(
  axis: Axis,
  at: number,
  window: { readonly columns: readonly [number, number]; readonly rows: readonly [number, number] },
  pixel: number,
  look: Pick<SliceRequest, 'thickness' | 'lowPass'>,
): SliceRequest {
  const step = ([from, to]: readonly [number, number]) => {
    const grid = (to - from) / 8;
    return [Math.floor(from / grid) * grid, Math.ceil(to / grid) * grid] as const;
  };
  const round = 2 ** (Math.round(2 * Math.log2(pixel)) / 2);
  return {
    axis,
    at,
    ...look,
    pixel: round / Math.min(2, globalThis.devicePixelRatio),
    window: [...step(window.columns), ...step(window.rows)],
  };
}

/** Changes with the tomogram, and with the levels that it can be read at. */
export const keyOf = ({ source, levels }: TomogramInfo) => `${source.id} ${levels.length}`;
