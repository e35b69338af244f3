import type { ReactNode } from 'react';
import styles from './Chip.module.css';
import { classes } from './classes.ts';
import { CloseIcon } from './icons.tsx';
import { Tooltip } from './Tooltip.tsx';

interface ChipProps {
  /** Accessible name. */
  readonly label: string;
  /** Tooltip. */
  readonly hint: string;
  readonly children: ReactNode;
  readonly className?: string;
  onRemove(): void;
}

/** Something that was chosen and is taken back with a click. */
export function Chip({ label, hint, children, className, onRemove }: ChipProps) {
  return (
    <Tooltip text={hint}>
      <button
        type="button"
        className={classes(styles.chip, className)}
        aria-label={label}
        onClick={onRemove}
      >
        <span className={styles.text}>{children}</span>
        <CloseIcon />
      </button>
    </Tooltip>
  );
}
