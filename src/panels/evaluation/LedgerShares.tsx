import { useStore } from 'zustand';
import { evaluationStore } from '../../state/index.ts';
import { Explained } from '../Explained.tsx';
import { METHOD_COLORS, seriesStyle } from './seriesStyle.ts';
import { percent } from './numbers.ts';
import { classes } from '../../ui/classes.ts';
import shared from './evaluation.module.css';
import styles from './LedgerShares.module.css';

const TERMS = [
  ['heatmap', 'through the heatmap', METHOD_COLORS.respond],
  ['bias', 'later biases', 'var(--line-strong)'],
  ['residual', 'neither (residual)', 'var(--bad)'],
] as const;

/** What the scores of the whole set are made of. */
export function LedgerShares() {
  const result = useStore(evaluationStore, (state) => state.result);
  const ledger = result?.ledger;
  if (!result || !ledger || ledger.heatmap === null) return null;
  return (
    <section
      className={classes(shared.section, styles.ledgerShares)}
      aria-labelledby="ledger-shares"
    >
      <h2 id="ledger-shares">
        <Explained topic="ledger">Where the scores come from</Explained>
      </h2>
      <div className={styles.shareBar} aria-hidden="true">
        {TERMS.map(([term, , color]) => (
          <span
            key={term}
            className={styles.share}
            style={{ ...seriesStyle(color), flexGrow: ledger[term] ?? 0 }}
          />
        ))}
      </div>
      <dl className={styles.shares}>
        {TERMS.map(([term, words, color]) => (
          <div key={term}>
            <dt>
              <i className={shared.seriesDot} style={seriesStyle(color)} />
              {words}
            </dt>
            <dd>{percent(ledger[term] ?? 0)}</dd>
          </div>
        ))}
      </dl>
      <p className="small">
        Shares of the magnitudes that the {result.classes.length} scores of each volume add up from,
        at {result.layer}.
      </p>
    </section>
  );
}
