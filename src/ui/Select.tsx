import { Select as Radix } from 'radix-ui';
import type { ReactNode } from 'react';
import { classes } from './classes.ts';
import { CheckIcon, ChevronIcon } from './icons.tsx';
import styles from './Select.module.css';

export interface SelectItem {
  readonly value: string;
  readonly label: string;
  /** Small print at the right. */
  readonly detail?: string;
  /** For its tooltip. */
  readonly hint?: string;
  readonly disabled?: boolean;
}

export interface SelectGroup {
  readonly label?: string;
  readonly items: readonly SelectItem[];
}

interface SelectProps {
  /** Accessible name. */
  readonly label: string;
  readonly value: string | null;
  readonly groups: readonly SelectGroup[];
  readonly placeholder?: string;
  readonly disabled?: boolean;
  readonly className?: string;
  /** Replaces the chosen item's label on the closed control. */
  readonly shown?: ReactNode;
  onChange(value: string): void;
}

export function Select(props: SelectProps) {
  const { label, value, groups, placeholder, disabled, className, shown, onChange } = props;
  const empty = groups.every(({ items }) => items.length === 0);
  return (
    <Radix.Root value={value ?? ''} onValueChange={onChange} disabled={disabled || empty}>
      <Radix.Trigger className={classes(styles.select, className)} aria-label={label} title={label}>
        <span className={styles.value}>
          <Radix.Value placeholder={placeholder}>{shown}</Radix.Value>
        </span>
        <Radix.Icon className={styles.chevron}>
          <ChevronIcon />
        </Radix.Icon>
      </Radix.Trigger>
      <Radix.Portal>
        <Radix.Content className={styles.list} position="popper" sideOffset={4}>
          <Radix.Viewport className={styles.viewport}>
            {groups.map((group, i) => (
              <Radix.Group key={group.label ?? i}>
                {group.label && <Radix.Label className={styles.group}>{group.label}</Radix.Label>}
                {group.items.map((item) => (
                  <Radix.Item
                    key={item.value}
                    value={item.value}
                    className={styles.item}
                    disabled={item.disabled}
                    title={item.hint}
                  >
                    <Radix.ItemIndicator className={styles.check}>
                      <CheckIcon />
                    </Radix.ItemIndicator>
                    <Radix.ItemText>{item.label}</Radix.ItemText>
                    {item.detail && <span className={styles.detail}>{item.detail}</span>}
                  </Radix.Item>
                ))}
              </Radix.Group>
            ))}
          </Radix.Viewport>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
