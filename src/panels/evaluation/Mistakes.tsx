import { useStore } from 'zustand';
import { topConfusions } from '../../core/evaluation/index.ts';
import { evaluationStore } from '../../state/index.ts';
import { withoutId } from '../classNames.ts';
import { type Cell, isCell } from './volumeOrders.ts';
import { classes } from '../../ui/classes.ts';
import shared from './evaluation.module.css';
import styles from './Mistakes.module.css';

interface MistakesProps {
  readonly chosen: Cell | null;
  onChoose(cell: Cell | null): void;
}

const LISTED = 8;

/** The most frequent mistakes, in words; choosing one lists its volumes. */
export function Mistakes({ chosen, onChoose }: MistakesProps) {
  const result = useStore(evaluationStore, (state) => state.result);
  if (!result?.confusion) return null;
  const mistakes = topConfusions(result.confusion);
  const name = (index: number) => withoutId(result.classes[index]);
  return (
    <section className={classes(shared.section, styles.mistakesSection)} aria-labelledby="mistakes">
      <h2 id="mistakes">Most frequent mistakes</h2>
      {mistakes.length === 0 && <p className="small">None: every answer was right.</p>}
      <ol className={styles.mistakes}>
        {mistakes.slice(0, LISTED).map((mistake) => (
          <li key={`${mistake.truth} ${mistake.predicted}`}>
            <button
              type="button"
              className={styles.mistake}
              aria-pressed={isCell(chosen, mistake)}
              onClick={() => onChoose(isCell(chosen, mistake) ? null : mistake)}
            >
              <span className={styles.mistakeCount}>{mistake.count}×</span>
              <span>
                {name(mistake.truth)} <span className="faint">taken for</span>{' '}
                {name(mistake.predicted)}
              </span>
            </button>
          </li>
        ))}
      </ol>
      {mistakes.length > LISTED && (
        <p className="small">and {mistakes.length - LISTED} other kinds.</p>
      )}
    </section>
  );
}
