import { useMemo, useState } from 'react';
import { useStore } from 'zustand';
import { formatValue } from '../../core/color/index.ts';
import { evaluationStore } from '../../state/index.ts';
import { Button } from '../../ui/Button.tsx';
import { Select } from '../../ui/Select.tsx';
import { withoutId } from '../classNames.ts';
import { decimal } from './numbers.ts';
import { type Cell, margin, ORDERS, type Order, worstItems } from './volumeOrders.ts';
import { classes } from '../../ui/classes.ts';
import shared from './evaluation.module.css';
import styles from './VolumeList.module.css';

interface VolumeListProps {
  /** Only the volumes of this cell of the confusion matrix; null lists all. */
  readonly cell: Cell | null;
  onClearCell(): void;
  onOpen(order: number): void;
}

const PAGE = 10;

/** The volumes at which it is worth looking, the worst first; each opens where it is explained. */
export function VolumeList({ cell, onClearCell, onOpen }: VolumeListProps) {
  const result = useStore(evaluationStore, (state) => state.result);
  const [by, setBy] = useState<Order>('tau-respond');
  const [shown, setShown] = useState(PAGE);
  const all = result?.items;
  const items = useMemo(() => worstItems(all ?? [], by, cell), [all, by, cell]);
  if (!result) return null;
  const name = (index: number | null) =>
    index === null ? 'not known' : withoutId(result.classes[index]);
  const number = (value: number | null) => (value === null ? '–' : decimal(value));
  return (
    <section className={classes(shared.section, styles.volumeList)} aria-labelledby="volume-list">
      <div className="section-head">
        <h2 id="volume-list">
          {cell ? `${items.length} volumes of the chosen cell` : 'Volumes worth a look'}
        </h2>
        <div className="button-row">
          {cell && (
            <Button tone="quiet" onClick={onClearCell}>
              All volumes
            </Button>
          )}
          <Select
            label="Order of the volumes"
            value={by}
            onChange={(value) => setBy(value as Order)}
            groups={[
              {
                items: Object.entries(ORDERS)
                  .filter(([value]) => value !== 'margin' || result.labelled > 0)
                  .map(([value, { label }]) => ({ value, label })),
              },
            ]}
          />
        </div>
      </div>
      <div className={styles.volumeScroll}>
        <table className={styles.volumeTable}>
          <thead>
            <tr>
              <th scope="col" className={classes(styles.volumeHead, styles.volumeName)}>
                Volume
              </th>
              <th scope="col" className={styles.volumeHead}>
                Truth
              </th>
              <th scope="col" className={styles.volumeHead}>
                Answer
              </th>
              <th
                scope="col"
                className={classes(styles.volumeHead, styles.volumeNumber)}
                title="Score of the truth less the best other score"
              >
                Lead
              </th>
              {['τ Respond', 'τ Grad', 'L1 Respond', 'L1 Grad'].map((title) => (
                <th
                  key={title}
                  scope="col"
                  className={classes(styles.volumeHead, styles.volumeNumber)}
                >
                  {title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {items.slice(0, shown).map((item) => {
              const lead = margin(item);
              return (
                <tr key={item.order} className={styles.volumeRow}>
                  <td className={classes(styles.volumeCell, styles.volumeName)}>
                    <button
                      type="button"
                      className={shared.link}
                      title="See it explained"
                      onClick={() => onOpen(item.order)}
                    >
                      {item.id}
                    </button>
                  </td>
                  <td className={styles.volumeCell} title={name(item.class)}>
                    {name(item.class)}
                  </td>
                  <td
                    className={classes(
                      styles.volumeCell,
                      item.class !== null && item.class !== item.predicted && styles.bad,
                    )}
                  >
                    {name(item.predicted)}
                  </td>
                  <td className={classes(styles.volumeCell, styles.volumeNumber)}>
                    {lead === null ? '–' : formatValue(lead)}
                  </td>
                  <td className={classes(styles.volumeCell, styles.volumeNumber)}>
                    {number(item.methods.respond.kendallTau)}
                  </td>
                  <td className={classes(styles.volumeCell, styles.volumeNumber)}>
                    {number(item.methods.grad.kendallTau)}
                  </td>
                  <td className={classes(styles.volumeCell, styles.volumeNumber)}>
                    {decimal(item.methods.respond.l1)}
                  </td>
                  <td className={classes(styles.volumeCell, styles.volumeNumber)}>
                    {decimal(item.methods.grad.l1)}
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      {items.length > shown && (
        <Button onClick={() => setShown(shown + 5 * PAGE)}>
          Show more ({items.length - shown} left)
        </Button>
      )}
    </section>
  );
}
