import { ToggleGroup as Radix } from 'radix-ui';
import { classes } from './classes.ts';
import styles from './ToggleGroup.module.css';
import { Tooltip } from './Tooltip.tsx';

export interface Choice<Value extends string> {
  readonly value: Value;
  readonly label: string;
  readonly hint?: string;
}

interface ToggleGroupProps<Value extends string> {
  /** Accessible name. */
  readonly label: string;
  readonly value: Value;
  readonly choices: readonly Choice<Value>[];
  readonly disabled?: boolean;
  /** Takes the width of its place. */
  readonly wide?: boolean;
  onChange(value: Value): void;
}

/** One of a few, all in sight. */
export function ToggleGroup<Value extends string>(props: ToggleGroupProps<Value>) {
  const { label, value, choices, disabled, wide, onChange } = props;
  return (
    <Radix.Root
      type="single"
      className={classes(styles.group, wide && styles.wide)}
      aria-label={label}
      value={value}
      disabled={disabled}
      onValueChange={(next) => next && onChange(next as Value)}
    >
      {choices.map((choice) => {
        const item = (
          <Radix.Item key={choice.value} value={choice.value} className={styles.toggle}>
            {choice.label}
          </Radix.Item>
        );
        return choice.hint ? (
          <Tooltip key={choice.value} text={choice.hint} side="top">
            {item}
          </Tooltip>
        ) : (
          item
        );
      })}
    </Radix.Root>
  );
}
