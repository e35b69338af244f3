import { useEffect, useRef, useState } from 'react';
import type { Axis, SlicePicture, SliceRequest } from '../../../core/tomogram/index.ts';
import { isAborted, sentence } from '../../../core/errors.ts';
import { actions } from '../../../state/index.ts';

/** Asks for one slice at a time, and always for the one wanted last; what is there stays meanwhile. */
export function useSlice(wanted: SliceRequest | null, key: string): SlicePicture | null {
  const [shown, setShown] = useState<{ picture: SlicePicture | null; key: string } | null>(null);
  const next = useRef<{ request: SliceRequest; key: string } | null>(null);
  const busy = useRef(false);
  const done = useRef('');

  useEffect(() => {
    const text = wanted ? `${key} ${JSON.stringify(wanted)}` : '';
    if (!wanted || text === done.current) return;
    next.current = { request: wanted, key };
    const run = async () => {
      if (busy.current) return;
      busy.current = true;
      while (next.current) {
        const { request, key: own } = next.current;
        next.current = null;
        try {
          const picture = await actions.sliceTomogram(request);
          done.current = `${own} ${JSON.stringify(request)}`;
          setShown({ picture, key: own });
        } catch (error) {
          if (!isAborted(error)) actions.reportError(sentence(error));
        }
      }
      busy.current = false;
    };
    void run();
  });
  // A picture of another tomogram is none of this one.
  return shown && shown.key.split(' ')[0] === key.split(' ')[0] ? shown.picture : null;
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
