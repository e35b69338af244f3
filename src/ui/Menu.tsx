import { DropdownMenu as Radix } from 'radix-ui';
import { type ReactNode, useState } from 'react';
import { classes } from './classes.ts';
import styles from './Menu.module.css';
import { Tooltip } from './Tooltip.tsx';

export interface MenuItem {
  readonly label: string;
  /** Under the label; in a long menu beside it, where the pointer or the keyboard is. */
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

/** More entries than these are read down rather than one by one. */
const SHORT = 10;

/** A button that opens a list of things to do. */
export function Menu({ label, children, groups }: MenuProps) {
  const [open, setOpen] = useState(false);
  const items = groups.flat();
  const long = items.length > SHORT;
  const checked = items.some((item) => item.checked !== undefined);
  return (
    <Radix.Root open={open} onOpenChange={setOpen}>
      <Radix.Trigger asChild>{children}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          className={classes(styles.menu, long && styles.long, checked && styles.checkable)}
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
                {group.map((item) =>
                  long && item.hint && !item.disabled ? (
                    <Tooltip
                      key={item.label}
                      text={item.hint}
                      side="left"
                      onEscape={() => setOpen(false)}
                    >
                      <Entry item={item} />
                    </Tooltip>
                  ) : (
                    <Entry key={item.label} item={item} />
                  ),
                )}
              </Radix.Group>
            ))}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

interface EntryProps {
  readonly item: MenuItem;
}

/** Takes what a tooltip gives its trigger too. */
function Entry({ item: { label, hint, keys, disabled, checked, run }, ...trigger }: EntryProps) {
  const props = { ...trigger, className: styles.item, disabled, onSelect: run };
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
