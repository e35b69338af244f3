import { useStore } from 'zustand';
import { currentLedger, explainStore } from '../state/index.ts';
import { classes } from '../ui/classes.ts';
import { signed } from './numbers.ts';
import { ledgerBars } from './ledgerBars.ts';
import styles from './Ledger.module.css';

/** Where the shown class's score comes from, as steps from zero to the score. */
export function Ledger() {
  const row = useStore(explainStore, currentLedger);
  if (!row) return null;
  const { zero, bars } = ledgerBars(row);
  return (
    <div className={styles.ledger}>
      <table>
        <tbody>
          {bars.map((bar) => (
            <tr key={bar.label} className={classes(bar.total && styles['is-total'])}>
              <th scope="row">{bar.label}</th>
              <td className={styles.track}>
                <i className={styles.zero} style={{ left: `${zero}%` }} />
                <i
                  className={classes(styles.bar, styles[bar.value < 0 ? 'is-against' : 'is-for'])}
                  style={{ left: `${bar.from}%`, width: `${bar.width}%` }}
                />
              </td>
              <td>{signed(bar.value)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
