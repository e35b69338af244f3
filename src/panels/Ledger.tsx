import { useStore } from 'zustand';
import { currentLedger, explainStore } from '../state/index.ts';
import { signed } from './facts.ts';
import { ledgerBars } from './ledgerBars.ts';

/** Where the shown class's score comes from, as steps from zero to the score. */
export function Ledger() {
  const row = useStore(explainStore, currentLedger);
  if (!row) return null;
  const { zero, bars } = ledgerBars(row);
  return (
    <div className="ledger">
      <table>
        <tbody>
          {bars.map((bar) => (
            <tr key={bar.label} className={bar.total ? 'is-total' : ''}>
              <th scope="row">{bar.label}</th>
              <td className="ledger-track">
                <i className="ledger-zero" style={{ left: `${zero}%` }} />
                <i
                  className={`ledger-bar ${bar.value < 0 ? 'is-against' : 'is-for'}`}
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
