import { useEffect, useRef, useState } from 'react';
import { isAborted, sentence } from '../core/errors.ts';
import type { ShellMesh } from '../core/surface/shells.ts';
import type { ShellSource, SurfaceClient, SurfaceSlot } from './surfaceClient.ts';

export interface ShellMeshState {
  /** The newest surfaces that are ready; may be of the levels before while new ones are made. */
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
): ShellMeshState {
  const [state, setState] = useState(NOTHING);
  const [slot, setSlot] = useState<SurfaceSlot | null>(null);
  const sources = useStable(shells);

  useEffect(() => {
    const opened = client.openSlot();
    setSlot(opened);
    return () => opened.close();
  }, [client]);

  useEffect(() => {
    if (sources.length === 0) {
      setState(NOTHING);
      return;
    }
    slot?.extract(sources).then(
      (found) => setState({ ...found, error: null }),
      (error: unknown) => {
        if (!isAborted(error)) setState({ ...NOTHING, error: sentence(error) });
      },
    );
  }, [slot, sources]);

  return state;
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
