import { Button } from './Button.tsx';
import { classes } from './classes.ts';
import styles from './Progress.module.css';

interface ProgressProps {
  readonly stage: string;
  /** 0..1, or undefined while unknown. */
  readonly fraction?: number;
  onCancel?(): void;
}

export function Progress({ stage, fraction, onCancel }: ProgressProps) {
  const percent = fraction === undefined ? undefined : Math.round(fraction * 100);
  return (
    <div className={styles.progress}>
      <div
        role="progressbar"
        aria-label={stage}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={percent}
        className={classes(styles.bar, percent === undefined && styles.openEnded)}
      >
        <span style={percent === undefined ? undefined : { width: `${percent}%` }} />
      </div>
      <span className={styles.stage}>
        {stage}
        {percent !== undefined && ` ${percent}%`}
      </span>
      {onCancel && (
        <Button tone="quiet" onClick={onCancel}>
          Cancel
        </Button>
      )}
    </div>
  );
}
