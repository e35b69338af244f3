import { lazy } from 'react';
import { useStore } from 'zustand';
import { networkStore } from '../state/index.ts';
import { Boundary } from '../ui/Boundary.tsx';
import { Dialog } from '../ui/Dialog.tsx';

const NetworkForm = lazy(async () => ({
  default: (await import('./NetworkForm.tsx')).NetworkForm,
}));

interface NetworkDialogProps {
  readonly open: boolean;
  onOpenChange(open: boolean): void;
  /** Opens the graph of the layers. */
  onLayers(): void;
}

/** Says of the network in use what was found, and asks for what was not. */
export function NetworkDialog({ onLayers, ...props }: NetworkDialogProps) {
  const model = useStore(networkStore, (state) => state.model);
  return (
    <Dialog title={model?.title ?? 'No network'} {...props}>
      {model ? (
        <Boundary name="What is known of the network" waiting="Opening the dialog…">
          <NetworkForm model={model} onLayers={onLayers} />
        </Boundary>
      ) : (
        <p className="empty">Open a network first.</p>
      )}
    </Dialog>
  );
}
