import { useStore } from 'zustand';
import { evaluationStore } from '../../state/index.ts';
import { Explained } from '../Explained.tsx';
import { percent } from './facts.ts';

const TERMS = [
  ['heatmap', 'through the heatmap'],
  ['bias', 'later biases'],
  ['residual', 'neither (residual)'],
] as const;

/** What the scores of the whole set are made of. */
export function LedgerShares() {
  const result = useStore(evaluationStore, (state) => state.result);
  const ledger = result?.ledger;
  if (!result || !ledger || ledger.heatmap === null) return null;
  return (
    <section className="evaluation-section ledger-shares" aria-labelledby="ledger-shares">
      <h2 id="ledger-shares">
        <Explained topic="ledger">Where the scores come from</Explained>
      </h2>
      <div className="share-bar" aria-hidden="true">
        {TERMS.map(([term]) => (
          <span
            key={term}
            className={`share share-${term}`}
            style={{ flexGrow: ledger[term] ?? 0 }}
          />
        ))}
      </div>
      <dl className="shares">
        {TERMS.map(([term, words]) => (
          <div key={term}>
            <dt>
              <i className={`series-dot share-${term}`} />
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
