import { useMemo } from 'react';
import { useStore } from 'zustand';
import { EVALUATION_METHODS, publishedRow } from '../../core/evaluation/index.ts';
import { evaluationStore } from '../../state/index.ts';
import { BarRows } from '../../ui/charts/BarRows.tsx';
import { Explained } from '../Explained.tsx';
import { METHOD_NAMES } from '../glossary.ts';
import { METHOD_COLORS, seriesStyle } from './seriesStyle.ts';
import { decimal } from './numbers.ts';
import { TAU_BIN, tauCounts } from './tauHistogram.ts';
import styles from './evaluation.module.css';

/** How tau is spread over the volumes: one row of bars for each method, all on one axis. */
export function TauRows() {
  const result = useStore(evaluationStore, (state) => state.result);
  const items = result?.items;
  const rows = useMemo(() => {
    if (!result || !items) return [];
    const published = publishedRow(result)?.kendallTau;
    return EVALUATION_METHODS.map((method) => ({
      id: method,
      name: METHOD_NAMES[method],
      style: seriesStyle(METHOD_COLORS[method]),
      counts: tauCounts(items, method),
      mark: method === 'hirescam' ? undefined : published?.[method].mean,
    }));
  }, [result, items]);
  if (!result) return null;
  return (
    <section className={styles.section} aria-labelledby="tau-rows">
      <h2 id="tau-rows">
        Volumes by <Explained topic="tau">τ</Explained>
      </h2>
      <BarRows
        legend={rows.some(({ mark }) => mark !== undefined) ? 'published mean' : undefined}
        rows={rows}
        from={-1}
        to={1}
        ticks={[-1, -0.5, 0, 0.5, 1]}
        title="Kendall’s τ"
        wordsFor={(bin, count) =>
          `${count} ${count === 1 ? 'volume' : 'volumes'}, τ ${decimal(bin * TAU_BIN - 1).slice(0, -1)} to ${decimal((bin + 1) * TAU_BIN - 1).slice(0, -1)}`
        }
      />
    </section>
  );
}
