import { Popover as Radix } from 'radix-ui';
import type { ReactNode } from 'react';
import { Button } from './Button.tsx';
import styles from './Popover.module.css';

interface PopoverProps {
  /** Accessible name. */
  readonly label: string;
  /** What the button shows. */
  readonly button: ReactNode;
  readonly children: ReactNode;
}

/** A button that opens a small sheet of controls. */
export function Popover({ label, button, children }: PopoverProps) {
  return (
    <Radix.Root>
      <Radix.Trigger asChild>
        <Button>{button}</Button>
      </Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          className={styles.popover}
          aria-label={label}
          side="top"
          sideOffset={6}
          collisionPadding={8}
        >
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
