import { useStore } from 'zustand';
import { EVALUATION_METHODS, publishedRow } from '../../core/evaluation/index.ts';
import { evaluationStore } from '../../state/index.ts';
import { Explained } from '../Explained.tsx';
import { METHOD_NAMES } from '../words.ts';
import { meanStd } from './facts.ts';

/** Table 1 of the paper, made from this result, with the published numbers where there are some. */
export function TableOne() {
  const result = useStore(evaluationStore, (state) => state.result);
  const defaultLayer = useStore(evaluationStore, (state) => state.defaultLayer);
  if (!result) return null;
  const published = defaultLayer ? publishedRow(result.model) : undefined;
  return (
    <section className="evaluation-section table-one" aria-labelledby="table-one">
      <h2 id="table-one">Map sums against scores (Table 1)</h2>
      <table className="numbers">
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
            <tr className="measured">
              <th scope="row" className={`series-${method}`}>
                <i className="series-dot" />
                {METHOD_NAMES[method]}
              </th>
              <td>{meanStd(result.l1[method])}</td>
              <td>{meanStd(result.kendallTau[method])}</td>
            </tr>
            {published && method !== 'hirescam' && (
              <tr className="published">
                <th scope="row">published</th>
                <td>{meanStd(published.l1[method])}</td>
                <td>{meanStd(published.kendallTau[method])}</td>
              </tr>
            )}
          </tbody>
        ))}
      </table>
      <p className="small">
        Mean ± standard deviation over {result.kendallTau.respond.n} volumes, each over all{' '}
        {result.classes.length} classes.{' '}
        {published
          ? 'Published: Zhao et al., MICCAI 2018, with their own data and training.'
          : 'The paper has no numbers for this network and layer.'}
      </p>
    </section>
  );
}
