import { type KeyboardEvent, useRef, useState } from 'react';
import { useStore } from 'zustand';
import { evaluationStore } from '../../state/index.ts';
import { withoutId } from '../classNames.ts';
import { percent } from './numbers.ts';
import { type Cell, isCell } from './volumeOrders.ts';
import { classes } from '../../ui/classes.ts';
import shared from './evaluation.module.css';
import styles from './ConfusionMatrix.module.css';

interface ConfusionMatrixProps {
  readonly chosen: Cell | null;
  /** Lists the volumes of a cell; null lists all. */
  onChoose(cell: Cell | null): void;
}

const ARROWS: Readonly<Record<string, readonly [rows: number, columns: number]>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

/** Counts of answers (columns) by the true class (rows); a cell lists its volumes. */
export function ConfusionMatrix({ chosen, onChoose }: ConfusionMatrixProps) {
  const result = useStore(evaluationStore, (state) => state.result);
  const [pointed, setPointed] = useState<Cell | null>(null);
  const body = useRef<HTMLTableSectionElement>(null);
  const confusion = result?.confusion;
  if (!result || !confusion) return null;
  const names = result.classes.map(withoutId);
  const totals = confusion.map((row) => row.reduce((a, b) => a + b, 0));
  const read = pointed ?? chosen;
  const first = confusion.findIndex((_, i) => totals[i] > 0);
  const start = chosen ?? { truth: first, predicted: confusion[first].findIndex((n) => n > 0) };

  const onKeyDown = (event: KeyboardEvent<HTMLTableSectionElement>) => {
    const step = ARROWS[event.key];
    const from = (event.target as HTMLElement).dataset.cell?.split(' ').map(Number);
    if (!step || !from) return;
    event.preventDefault();
    for (let k = 1; k < names.length; k++) {
      const cell = `${from[0] + k * step[0]} ${from[1] + k * step[1]}`;
      const next = body.current?.querySelector<HTMLElement>(`[data-cell="${cell}"]`);
      if (next) {
        next.focus();
        return;
      }
    }
  };
  return (
    <section className={classes(shared.section, styles.confusion)} aria-labelledby="confusion">
      <h2 id="confusion">Answers by true class</h2>
      <p className={styles.confusionRead} aria-live="polite">
        {read ? (
          <CellWords cell={read} names={names} confusion={confusion} total={totals[read.truth]} />
        ) : (
          <span className="faint">
            Rows: truth. Columns: what the network says. Choose a cell to list its volumes.
          </span>
        )}
      </p>
      <div className={styles.confusionScroll}>
        <table className={styles.confusionTable} onPointerLeave={() => setPointed(null)}>
          <thead>
            <tr>
              <th scope="col" className={styles.confusionCorner}>
                <span className="visually-hidden">True class</span>
              </th>
              {names.map((name, c) => (
                <th
                  key={name}
                  scope="col"
                  title={name}
                  className={classes(
                    styles.confusionColumn,
                    read?.predicted === c && styles['is-read'],
                  )}
                >
                  <span className={styles.confusionAnswer}>{shortId(result.classes[c], c)}</span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody ref={body} onKeyDown={onKeyDown}>
            {confusion.map((row, truth) => (
              <tr key={names[truth]}>
                <th
                  scope="row"
                  className={classes(
                    styles.confusionTruth,
                    read?.truth === truth && styles['is-read'],
                  )}
                >
                  <span className={styles.confusionName} title={names[truth]}>
                    {names[truth]}
                  </span>
                  <span className={styles.confusionId}>
                    {shortId(result.classes[truth], truth)}
                  </span>
                </th>
                {row.map((count, predicted) => {
                  const cell = { truth, predicted };
                  return (
                    <td
                      key={names[predicted]}
                      className={
                        truth === predicted ? styles.confusionRight : styles.confusionWrong
                      }
                      onPointerEnter={() => setPointed(totals[truth] > 0 ? cell : null)}
                    >
                      {count > 0 && (
                        <button
                          type="button"
                          className={styles.confusionCount}
                          data-cell={`${truth} ${predicted}`}
                          tabIndex={isCell(start, cell) ? 0 : -1}
                          aria-pressed={isCell(chosen, cell)}
                          aria-label={`${names[truth]}, answered ${names[predicted]}: ${count} of ${totals[truth]}`}
                          style={shade(count / totals[truth])}
                          onFocus={() => setPointed(cell)}
                          onBlur={() => setPointed(null)}
                          onClick={() => onChoose(isCell(chosen, cell) ? null : cell)}
                        >
                          {count}
                        </button>
                      )}
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

interface CellWordsProps {
  readonly cell: Cell;
  readonly names: readonly string[];
  readonly confusion: readonly (readonly number[])[];
  readonly total: number;
}

function CellWords({ cell: { truth, predicted }, names, confusion, total }: CellWordsProps) {
  const count = confusion[truth][predicted];
  return truth === predicted ? (
    <>
      <strong>{names[truth]}</strong> is recognised in {count} of {total} volumes (
      {percent(count / total)}).
    </>
  ) : (
    <>
      <strong>{names[truth]}</strong> is taken for <strong>{names[predicted]}</strong> in {count} of{' '}
      {total} volumes.
    </>
  );
}

/** The id in brackets at the end of a class name, else its number. */
function shortId(name: string, index: number): string {
  return /\((?=\w*\d)([\w-]+)\)$/.exec(name)?.[1] ?? String(index + 1);
}

/** The stronger the larger the share; the count stays legible on it. */
function shade(share: number): Record<string, string> {
  const strong = share >= 0.6;
  const mix = strong ? 80 + 50 * (share - 0.6) : 10 + 65 * share;
  return {
    '--mix': `${mix.toFixed(0)}%`,
    color: strong ? 'var(--on-accent)' : 'var(--text)',
  };
}
