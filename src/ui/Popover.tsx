import { Popover as Radix } from 'radix-ui';
import type { ReactNode } from 'react';

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
      <Radix.Trigger className="button button-plain">{button}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          className="popover"
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
