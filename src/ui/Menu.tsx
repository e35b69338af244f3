import { DropdownMenu as Radix } from 'radix-ui';
import type { ReactNode } from 'react';
import styles from './Menu.module.css';

export interface MenuItem {
  readonly label: string;
  /** Under the label. */
  readonly hint?: string;
  /** Its shortcut. */
  readonly keys?: string;
  readonly disabled?: boolean;
  run(): void;
}

interface MenuProps {
  /** Accessible name. */
  readonly label: string;
  /** The button that opens it. */
  readonly children: ReactNode;
  /** Groups, separated by lines; empty ones are left out. */
  readonly groups: readonly (readonly MenuItem[])[];
}

/** A button that opens a list of things to do. */
export function Menu({ label, children, groups }: MenuProps) {
  return (
    <Radix.Root>
      <Radix.Trigger asChild>{children}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          className={styles.menu}
          aria-label={label}
          align="end"
          sideOffset={4}
          collisionPadding={8}
        >
          {groups
            .filter((group) => group.length > 0)
            .map((group, i) => (
              <Radix.Group key={group[0].label}>
                {i > 0 && <Radix.Separator className={styles.line} />}
                {group.map(({ label: text, hint, keys, disabled, run }) => (
                  <Radix.Item key={text} className={styles.item} disabled={disabled} onSelect={run}>
                    <span>{text}</span>
                    {keys && <kbd className={styles.keys}>{keys}</kbd>}
                    {hint && <span className={styles.hint}>{hint}</span>}
                  </Radix.Item>
                ))}
              </Radix.Group>
            ))}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
