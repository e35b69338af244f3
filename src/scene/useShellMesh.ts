import { useEffect, useRef, useState } from 'react';
import { isAborted, sentence } from '../core/errors.ts';
import type { ShellMesh } from '../core/surface/shells.ts';
import { type Bounds, sameBounds } from './camera.ts';
import type { ShellSource, SurfaceClient, SurfaceSlot } from './surfaceClient.ts';

export interface ShellMeshState {
  /** The newest surfaces in this box that are ready; may be of the levels before while new ones are made. */
  readonly mesh: ShellMesh | null;
  readonly step: number;
  /** Separate pieces that are left out. */
  readonly hidden: number;
  /** Whether all pieces are smaller than those that are shown. */
  readonly onlyDust: boolean;
  readonly error: string | null;
}

const NOTHING: ShellMeshState = {
  mesh: null,
  step: 1,
  hidden: 0,
  onlyDust: false,
  error: null,
};

/** Surfaces of a view, made in the worker; the newest request wins. */
export function useShellMesh(
  client: SurfaceClient,
  shells: readonly ShellSource[],
  bounds: Bounds,
): ShellMeshState {
  const [made, setMade] = useState({ state: NOTHING, bounds });
  const [slot, setSlot] = useState<SurfaceSlot | null>(null);
  const sources = useStable(shells);

  useEffect(() => {
    const opened = client.openSlot();
    setSlot(opened);
    return () => opened.close();
  }, [client]);

  useEffect(() => {
    const show = (state: ShellMeshState) => setMade({ state, bounds });
    if (sources.length === 0) {
      show(NOTHING);
      return;
    }
    slot?.extract(sources).then(
      (found) => show({ ...found, error: null }),
      (error: unknown) => {
        if (!isAborted(error)) show({ ...NOTHING, error: sentence(error) });
      },
    );
  }, [slot, sources, bounds]);

  // Surfaces of a volume of another size would stand in the new box too small, or beside it.
  return sameBounds(made.bounds, bounds) ? made.state : NOTHING;
}

/** The same array as before while its surfaces are the same. */
function useStable(shells: readonly ShellSource[]): readonly ShellSource[] {
  const last = useRef(shells);
  const same =
    last.current.length === shells.length &&
    shells.every((shell, i) => {
      const { volume, level, enclose, dust } = last.current[i];
      const same = shell.volume === volume && shell.level === level;
      return same && shell.enclose === enclose && shell.dust === dust;
    });
  if (!same) last.current = shells;
  return last.current;
}
