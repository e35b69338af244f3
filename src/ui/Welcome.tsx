import type { ReactNode } from 'react';
import styles from './Welcome.module.css';

interface WelcomeProps {
  /** The question that the page answers; none where a part of it is answered already. */
  readonly title?: string;
  readonly children: ReactNode;
}

/** In the place of what is not there yet: what the page is for, and what to drop on it. */
export function Welcome({ title, children }: WelcomeProps) {
  return (
    <div className={styles.ground}>
      <div className={styles.welcome}>
        {title && <h2>{title}</h2>}
        {children}
      </div>
    </div>
  );
}
