import { Slider as Radix } from 'radix-ui';
import { classes } from './classes.ts';
import styles from './Slider.module.css';

interface SliderProps {
  /** Accessible name of each thumb. */
  readonly labels: readonly string[];
  readonly values: readonly number[];
  readonly min: number;
  readonly max: number;
  readonly step: number;
  readonly disabled?: boolean;
  readonly className?: string;
  onChange(values: number[]): void;
}

/** A slider with one thumb or more; the values stay in order. */
export function Slider(props: SliderProps) {
  const { labels, values, min, max, step, disabled, className, onChange } = props;
  return (
    <Radix.Root
      className={classes(styles.slider, className)}
      value={values.map((value) => Math.min(Math.max(value, min), max))}
      min={min}
      max={max}
      step={step}
      disabled={disabled}
      onValueChange={onChange}
    >
      <Radix.Track className={styles.track}>
        {values.length === 1 && <Radix.Range className={styles.range} />}
      </Radix.Track>
      {labels.map((label) => (
        <Radix.Thumb key={label} className={styles.thumb} aria-label={label} />
      ))}
    </Radix.Root>
  );
}
