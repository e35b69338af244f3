import { lazy } from 'react';
import { Boundary } from '../../ui/Boundary.tsx';
import { Dialog } from '../../ui/Dialog.tsx';

const PictureForm = lazy(async () => ({
  default: (await import('./PictureForm.tsx')).PictureForm,
}));

interface PictureDialogProps {
  readonly open: boolean;
  onOpenChange(open: boolean): void;
}

/** Asks how the comparison is saved as a picture. */
export function PictureDialog({ open, onOpenChange }: PictureDialogProps) {
  return (
    <Dialog title="Picture" open={open} onOpenChange={onOpenChange} wide>
      <Boundary name="The picture" waiting="Opening the dialog…">
        <PictureForm onDone={() => onOpenChange(false)} />
      </Boundary>
    </Dialog>
  );
}
