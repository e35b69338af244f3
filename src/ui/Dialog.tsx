import { Dialog as Radix } from 'radix-ui';
import type { ReactNode } from 'react';
import { Button } from './Button.tsx';
import styles from './Dialog.module.css';
import { CloseIcon } from './icons.tsx';
import { useReturnFocus } from './useReturnFocus.ts';

interface DialogProps {
  readonly title: string;
  readonly open: boolean;
  readonly children: ReactNode;
  onOpenChange(open: boolean): void;
}

export function Dialog({ title, open, children, onOpenChange }: DialogProps) {
  const focus = useReturnFocus();
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className={styles.shade} />
        <Radix.Content className={styles.dialog} aria-describedby={undefined} {...focus}>
          <header className={styles.head}>
            <Radix.Title className={styles.title}>{title}</Radix.Title>
            <Radix.Close asChild>
              <Button tone="quiet" shape="icon" aria-label="Close">
                <CloseIcon />
              </Button>
            </Radix.Close>
          </header>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: scrolled by the keyboard */}
          <div className={styles.body} tabIndex={0}>
            {children}
          </div>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
