import { useStore } from 'zustand';
import { type Evaluation, EVALUATION_METHODS, publishedRow } from '../../core/evaluation/index.ts';
import { evaluationStore } from '../../state/index.ts';
import { Explained } from '../Explained.tsx';
import { METHOD_NAMES } from '../glossary.ts';
import { METHOD_COLORS, seriesStyle } from './seriesStyle.ts';
import { decimal, meanStd, percent } from './numbers.ts';
import { classes } from '../../ui/classes.ts';
import shared from './evaluation.module.css';
import styles from './TableOne.module.css';

/** Table 1 of the paper, made from this result, with the published numbers where there are some. */
export function TableOne() {
  const result = useStore(evaluationStore, (state) => state.result);
  if (!result) return null;
  const published = publishedRow(result);
  return (
    <section className={classes(shared.section, styles.tableOne)} aria-labelledby="table-one">
      <h2 id="table-one">Map sums against scores (Table 1)</h2>
      <table className={styles.numbers}>
        <thead>
          <tr>
            <th scope="col">
              <span className="visually-hidden">Method</span>
            </th>
            <th scope="col">
              <Explained topic="l1">L1</Explained>
            </th>
            <th scope="col">
              <Explained topic="tau">Kendall’s τ</Explained>
            </th>
          </tr>
        </thead>
        {EVALUATION_METHODS.map((method) => (
          <tbody key={method}>
            <tr className={styles.measured}>
              <th scope="row" style={seriesStyle(METHOD_COLORS[method])}>
                <i className={shared.seriesDot} />
                {METHOD_NAMES[method]}
              </th>
              <td>{meanStd(result.l1[method])}</td>
              <td>{meanStd(result.kendallTau[method])}</td>
            </tr>
            {published && method !== 'hirescam' && (
              <tr className={styles.published}>
                <th scope="row">published</th>
                <td>{meanStd(published.l1[method])}</td>
                <td>{meanStd(published.kendallTau[method])}</td>
              </tr>
            )}
          </tbody>
        ))}
      </table>
      <MapFacts result={result} />
      <p className="small">
        Mean ± standard deviation over {result.kendallTau.respond.n} volumes, each over all{' '}
        {result.classes.length} classes.{' '}
        {published
          ? 'Published: Zhao et al., MICCAI 2018, with their own data and training.'
          : 'The paper has no numbers for this network, layer and set of volumes.'}
      </p>
    </section>
  );
}

/** What L1 and tau hang on, and whether the maps know their class. */
function MapFacts({ result }: { readonly result: Evaluation }) {
  const { ledger, activationSpread, tauBySpread, specificity, predictedSum, n } = result;
  const lines = [
    ['Bias share of the scores', ledger.bias === null ? '–' : percent(ledger.bias)],
    ['Activation spread (participation ratio)', meanStd(activationSpread)],
    [
      "Grad-CAM's τ against that spread, r",
      tauBySpread.grad === null ? '–' : decimal(tauBySpread.grad),
    ],
    ['Respond-CAM against activation sum, r', meanStd(specificity.activationSum.respond)],
    ['Respond-CAM against runner-up, r', meanStd(specificity.runnerUp.respond)],
    ["Grad-CAM's sum of the answer below 0", `${predictedSum.grad.negative} of ${n}`],
    ["Grad-CAM's sum of the answer largest", `${predictedSum.grad.largest} of ${n}`],
  ];
  return (
    <dl className={styles.mapFacts}>
      {lines.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
