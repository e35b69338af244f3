import { lazy, useState } from 'react';
import { useStore } from 'zustand';
import { networkStore } from '../../state/index.ts';
import { Boundary } from '../../ui/Boundary.tsx';
import { Dialog } from '../../ui/Dialog.tsx';

const NetworkView = lazy(async () => ({
  default: (await import('./NetworkView.tsx')).NetworkView,
}));

interface NetworkGraphDialogProps {
  readonly open: boolean;
  onOpenChange(open: boolean): void;
}

/** The layers of the network in use and how they are connected, to choose the one that is explained. */
export function NetworkGraphDialog({ open, onOpenChange }: NetworkGraphDialogProps) {
  const model = useStore(networkStore, (state) => state.model);
  const [stays, setStays] = useState(false);
  return (
    <Dialog
      title={model ? `Layers of ${model.title}` : 'No network'}
      large={model !== null}
      open={open}
      onOpenChange={onOpenChange}
    >
      {model ? (
        <Boundary name="The view of the layers" waiting="Drawing the network…">
          <NetworkView
            key={model.id}
            model={model}
            stays={stays}
            onStays={setStays}
            onChosen={() => stays || onOpenChange(false)}
          />
        </Boundary>
      ) : (
        <p className="empty">Open a network first.</p>
      )}
    </Dialog>
  );
}
