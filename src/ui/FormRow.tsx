import type { ReactNode } from 'react';
import styles from './FormRow.module.css';

/** A control with its label, in one line where there is room. */
export function FormRow({
  label,
  children,
}: {
  readonly label: ReactNode;
  readonly children: ReactNode;
}) {
  return (
    <div className={styles.row}>
      <span className="label">{label}</span>
      {children}
    </div>
  );
}
