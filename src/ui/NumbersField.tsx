import { useState } from 'react';
import { classes } from './classes.ts';
import styles from './field.module.css';

interface NumbersFieldProps {
  /** Accessible name. */
  readonly label: string;
  readonly values: readonly number[];
  /** At most so many numbers are taken. */
  readonly limit: number;
  /** Room for one number. */
  readonly narrow?: boolean;
  readonly className?: string;
  onCommit(values: number[]): void;
}

/** Typed numbers, separated by blanks, commas or semicolons; applied on Enter or on leaving. */
export function NumbersField({
  label,
  values,
  limit,
  narrow = false,
  className,
  onCommit,
}: NumbersFieldProps) {
  const [draft, setDraft] = useState<string | null>(null);
  const text = draft ?? values.map(short).join('  ');
  const parsed = parseNumbers(text, limit);
  const commit = () => {
    if (draft !== null && parsed) onCommit(parsed);
    setDraft(null);
  };
  return (
    <input
      className={classes(styles.field, narrow && styles.narrow, className)}
      aria-label={label}
      aria-invalid={parsed === null && text !== ''}
      title={label}
      inputMode="decimal"
      spellCheck={false}
      value={text}
      onChange={(event) => setDraft(event.target.value)}
      onBlur={commit}
      onKeyDown={(event) => {
        if (event.key === 'Enter') commit();
        if (event.key === 'Escape') setDraft(null);
      }}
    />
  );
}

/** Four significant digits without trailing zeros. */
export const short = (value: number) => String(Number(value.toPrecision(4)));

/** The numbers of a text, or null when there is none, too many, or something else among them. */
export function parseNumbers(text: string, limit: number): number[] | null {
  const words = text
    .replaceAll('−', '-')
    .split(/[\s,;]+/)
    .filter(Boolean);
  const numbers = words.map(Number);
  return words.length > 0 && words.length <= limit && numbers.every(Number.isFinite)
    ? numbers
    : null;
}
