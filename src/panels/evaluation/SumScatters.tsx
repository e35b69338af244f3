import { useCallback, useMemo, useState } from 'react';
import { useStore } from 'zustand';
import { formatValue } from '../../core/color/index.ts';
import { type EvaluationMethod, EVALUATION_METHODS } from '../../core/evaluation/index.ts';
import { evaluationStore } from '../../state/index.ts';
import { Scatter } from '../../ui/charts/Scatter.tsx';
import { ToggleGroup } from '../../ui/ToggleGroup.tsx';
import { withoutId } from '../classNames.ts';
import { METHOD_NAMES } from '../glossary.ts';
import { METHOD_COLORS, seriesStyle } from './seriesStyle.ts';
import { axisRanges, SumCollector } from './sumPoints.ts';
import { classes } from '../../ui/classes.ts';
import shared from './evaluation.module.css';
import styles from './SumScatters.module.css';

interface SumScattersProps {
  onOpen(order: number, classIndex: number, method: EvaluationMethod): void;
}

const AXES = [
  { value: 'same', label: 'Same axes' },
  { value: 'own', label: 'Own axes' },
] as const;

/** One point for each volume and class, one plot for each method: what the map sums to, by the score. */
export function SumScatters({ onOpen }: SumScattersProps) {
  const result = useStore(evaluationStore, (state) => state.result);
  const [axes, setAxes] = useState<'same' | 'own'>('same');
  const items = result?.items ?? [];
  const [collector] = useState(() => new SumCollector());
  const plots = useMemo(() => collector.collect(items), [collector, items]);
  const ranges = useMemo(() => axisRanges(plots, axes === 'same'), [plots, axes]);
  const { points } = plots;
  const count = result?.classes.length ?? 1;
  const wordsFor = useCallback(
    (method: EvaluationMethod, index: number) => {
      const item = items[Math.floor(index / count)];
      const c = index % count;
      if (!item) return null;
      return (
        <>
          <strong>{withoutId(result?.classes[c] ?? '')}</strong>
          <br />
          score {formatValue(item.scores[c])}, sum {formatValue(item.methods[method].sums[c])}
          <br />
          <span className="faint">{item.id}; click to see it explained</span>
        </>
      );
    },
    [items, count, result],
  );
  if (!result) return null;
  return (
    <section className={classes(shared.section, styles.sumScatters)} aria-labelledby="sum-scatters">
      <div className="section-head">
        <h2 id="sum-scatters">Each volume and class: map sum by score</h2>
        <ToggleGroup
          label="Axes of the plots"
          value={axes}
          onChange={(value) => setAxes(value)}
          choices={AXES}
        />
      </div>
      <div className={styles.scatterRow}>
        {EVALUATION_METHODS.map((method) => (
          <figure key={method} style={seriesStyle(METHOD_COLORS[method])}>
            <figcaption>
              <i className={shared.seriesDot} />
              {METHOD_NAMES[method]}
            </figcaption>
            <Scatter
              label={`${METHOD_NAMES[method]}: map sum against class score for ${points[method].count} pairs of volume and class; the nearer to the dashed line, the better the map accounts for the score.`}
              points={points[method]}
              rangeX={ranges[method].x}
              rangeY={ranges[method].y}
              titleX="class score"
              titleY="map sum"
              diagonal
              wordsFor={(index) => wordsFor(method, index)}
              onPick={(index) =>
                onOpen(items[Math.floor(index / count)].order, index % count, method)
              }
            />
          </figure>
        ))}
      </div>
    </section>
  );
}
