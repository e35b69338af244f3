import { type RefObject, useEffect, useRef } from 'react';
import { attachViewControls, type ViewControls } from './viewControls.ts';

/** Mouse, touch and keyboard on a view; see {@link attachViewControls}. */
export function useViewControls(target: RefObject<HTMLElement | null>, controls: ViewControls) {
  const latest = useRef(controls);
  latest.current = controls;
  useEffect(
    () => (target.current ? attachViewControls(target.current, () => latest.current) : undefined),
    [target],
  );
}
