import { Dialog as Radix } from 'radix-ui';
import type { ReactNode } from 'react';
import { Button } from './Button.tsx';
import { classes } from './classes.ts';
import styles from './Dialog.module.css';
import { CloseIcon } from './icons.tsx';
import { useReturnFocus } from './useReturnFocus.ts';

interface DialogProps {
  readonly title: string;
  readonly open: boolean;
  readonly children: ReactNode;
  /** Takes most of the window; its content scrolls by itself. */
  readonly large?: boolean;
  /** Room for a picture. */
  readonly wide?: boolean;
  onOpenChange(open: boolean): void;
}

export function Dialog({ title, open, children, large, wide, onOpenChange }: DialogProps) {
  const focus = useReturnFocus();
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className={styles.shade} />
        <Radix.Content
          className={classes(styles.dialog, large && styles.large, wide && styles.wide)}
          aria-describedby={undefined}
          {...focus}
        >
          <header className={styles.head}>
            <Radix.Title className={styles.title}>{title}</Radix.Title>
            <Radix.Close asChild>
              <Button tone="quiet" shape="icon" aria-label="Close">
                <CloseIcon />
              </Button>
            </Radix.Close>
          </header>
          <div className={styles.body} tabIndex={large ? undefined : 0}>
            {children}
          </div>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
