import { useStore } from 'zustand';
import {
  publishedOf,
  spreadText,
  TABLE_1_FACTS,
  TABLE_1_LINES,
  type Table1Row,
} from '../../../core/paper/index.ts';
import { paperStore } from '../../../state/index.ts';
import shared from './figures.module.css';
import styles from './Table1.module.css';

/** Table 1, measured beside published. */
export function Table1() {
  const rows = useStore(paperStore, (state) => state.table1);
  return (
    <section className={shared.figure} id="table-1" aria-labelledby="table-1-title">
      <h2 id="table-1-title">Table 1</h2>
      <p className={shared.caption}>
        How far the sum of each heatmap is from the class score (L1, 0 is best) and how well the
        sums rank the classes (Kendall's τ, 1 is best): mean ± standard deviation over the test
        volumes, measured with the networks of this build (– where that is not done) and, below, as
        published.
      </p>
      {rows && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: scrolled by the keyboard
        // biome-ignore lint/a11y/useSemanticElements: a fieldset is for controls
        <div className={styles.scroll} role="group" aria-label="Table 1" tabIndex={0}>
          <Rows rows={rows} />
        </div>
      )}
    </section>
  );
}

function Rows({ rows }: { readonly rows: readonly Table1Row[] }) {
  return (
    <table className={styles.table}>
      <thead>
        <tr>
          <th scope="col">
            <span className="visually-hidden">Metric</span>
          </th>
          <th scope="col">
            <span className="visually-hidden">Method</span>
          </th>
          {rows.map(({ network, title }) => (
            <th key={network} scope="col">
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {TABLE_1_LINES.map((line, i) => (
          <tr key={`${line.metric} ${line.method}`}>
            {i % 3 === 0 && (
              <th scope="rowgroup" rowSpan={3}>
                {line.name}
              </th>
            )}
            <th scope="row">{line.title}</th>
            {rows.map((row) => (
              <Numbers key={row.network} row={row} line={line} />
            ))}
          </tr>
        ))}
        {TABLE_1_FACTS.map(({ title, text }) => (
          <tr key={title}>
            <th scope="row" colSpan={2}>
              {title}
            </th>
            {rows.map(({ network, measured }) => (
              <td key={network}>{measured ? text(measured) : '–'}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

interface NumbersProps {
  readonly row: Table1Row;
  readonly line: (typeof TABLE_1_LINES)[number];
}

function Numbers({ row, line }: NumbersProps) {
  const published = publishedOf(row, line);
  return (
    <td>
      {row.measured ? spreadText(row.measured[line.metric][line.method]) : '–'}
      {published && <span className={styles.published}>{spreadText(published)}</span>}
    </td>
  );
}
