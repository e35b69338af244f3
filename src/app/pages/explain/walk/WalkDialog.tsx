import { lazy, useEffect } from 'react';
import { useStore } from 'zustand';
import { actions, explainStore, walkStore, walkSubject } from '../../../../state/index.ts';
import { Boundary } from '../../../../ui/Boundary.tsx';
import { Dialog } from '../../../../ui/Dialog.tsx';

const WalkView = lazy(async () => ({ default: (await import('./WalkView.tsx')).WalkView }));

interface WalkDialogProps {
  readonly open: boolean;
  onOpenChange(open: boolean): void;
}

/** Figure 2 of the paper on the volume at hand. */
export function WalkDialog({ open, onOpenChange }: WalkDialogProps) {
  const key = useStore(explainStore, (state) => walkSubject(state)?.key ?? null);
  const { key: shown, found, error } = useStore(walkStore);
  useEffect(() => {
    if (open && key !== null) void actions.walkThrough();
  }, [open, key]);
  const walk = shown === key ? found : null;
  return (
    <Dialog
      title={walk ? `How the map is made: ${walk.layer}` : 'How the map is made'}
      large
      open={open}
      onOpenChange={onOpenChange}
    >
      {walk ? (
        <Boundary name="The walk through the channels" waiting="Taking the layer apart…">
          <WalkView key={shown} walk={walk} />
        </Boundary>
      ) : (
        <p className="empty" role="status">
          {error ?? (key === null ? 'Nothing is explained yet.' : 'Taking the layer apart…')}
        </p>
      )}
    </Dialog>
  );
}
