import { Popover as Radix } from 'radix-ui';
import { type ReactNode, useRef } from 'react';
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
  const sheet = useRef<HTMLDivElement>(null);
  return (
    <Radix.Root>
      <Radix.Trigger asChild>
        <Button>{button}</Button>
      </Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          ref={sheet}
          className={styles.popover}
          aria-label={label}
          side="top"
          sideOffset={6}
          collisionPadding={8}
          onOpenAutoFocus={(event) => {
            // On the first control it would open that one's tooltip.
            event.preventDefault();
            sheet.current?.focus();
          }}
        >
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
