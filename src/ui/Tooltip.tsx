import { Tooltip as Radix } from 'radix-ui';
import type { ReactNode } from 'react';
import styles from './Tooltip.module.css';

export const TooltipProvider = Radix.Provider;

interface TooltipProps {
  readonly text: ReactNode;
  readonly side?: 'top' | 'right' | 'bottom' | 'left';
  /** The control that the text explains; takes a ref and event handlers. */
  readonly children: ReactNode;
  /** Escape takes the tooltip away, and nothing around it. */
  onEscape?(): void;
}

export function Tooltip({ text, side = 'bottom', children, onEscape }: TooltipProps) {
  return (
    <Radix.Root>
      <Radix.Trigger asChild>{children}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          className={styles.tooltip}
          side={side}
          sideOffset={6}
          collisionPadding={8}
          onEscapeKeyDown={onEscape}
        >
          {text}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

/** A word of the field that explains itself on hover and focus. */
export function Term({ text, children }: { readonly text: string; readonly children: ReactNode }) {
  return (
    <Tooltip text={text}>
      <button type="button" className={styles.term}>
        {children}
      </button>
    </Tooltip>
  );
}
