import { Dialog } from 'radix-ui';
import { type ReactNode, useRef } from 'react';
import { Button } from './Button.tsx';
import { classes } from './classes.ts';
import { CloseIcon } from './icons.tsx';
import { useReturnFocus } from './useReturnFocus.ts';
import styles from './Drawer.module.css';

interface DrawerProps {
  readonly side: 'left' | 'right';
  /** What is in it, for its close button. */
  readonly title: string;
  readonly open: boolean;
  onClose(): void;
  /** A panel. */
  readonly children: ReactNode;
}

/** A panel that lies over the page while it is open: it has the keyboard, Escape and a click beside it close it. */
export function Drawer({ side, title, open, onClose, children }: DrawerProps) {
  const focus = useReturnFocus();
  const drawer = useRef<HTMLDivElement>(null);
  return (
    <Dialog.Root open={open} onOpenChange={(next) => next || onClose()}>
      <Dialog.Portal>
        <Dialog.Overlay className={styles.shade} />
        <Dialog.Content
          ref={drawer}
          className={classes(styles.drawer, styles[side])}
          aria-describedby={undefined}
          onCloseAutoFocus={focus.onCloseAutoFocus}
          onOpenAutoFocus={(event) => {
            focus.onOpenAutoFocus();
            event.preventDefault();
            drawer.current?.querySelector<HTMLElement>('[tabindex="-1"]')?.focus();
          }}
        >
          <Dialog.Title className="visually-hidden">{title}</Dialog.Title>
          {children}
          <Dialog.Close asChild>
            <Button
              tone="quiet"
              shape="icon"
              className={styles.close}
              aria-label={`Close ${title}`}
            >
              <CloseIcon />
            </Button>
          </Dialog.Close>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
