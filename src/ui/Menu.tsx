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
  /** Of one of several to choose from: whether it is the one. */
  readonly checked?: boolean;
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
                {group.map((item) => (
                  <Entry key={item.label} item={item} />
                ))}
              </Radix.Group>
            ))}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

function Entry({
  item: { label, hint, keys, disabled, checked, run },
}: {
  readonly item: MenuItem;
}) {
  const props = { className: styles.item, disabled, onSelect: run };
  const words = (
    <>
      <span>{label}</span>
      {keys && <kbd className={styles.keys}>{keys}</kbd>}
      {hint && <span className={styles.hint}>{hint}</span>}
    </>
  );
  if (checked === undefined) return <Radix.Item {...props}>{words}</Radix.Item>;
  return (
    <Radix.CheckboxItem {...props} checked={checked}>
      {words}
    </Radix.CheckboxItem>
  );
}
