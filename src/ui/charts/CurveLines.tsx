import { useMemo } from 'react';
import { classes } from '../classes.ts';
import { extentOf, linearAxis, padded } from './axis.ts';
import styles from './CurveLines.module.css';
import shared from './charts.module.css';

export interface CurveLine {
  readonly name: string;
  /** One for each of the labels. */
  readonly values: readonly number[];
  /** Drawn strong, plain, or as what others are held against. */
  readonly weight: 'strong' | 'plain' | 'baseline';
}

interface CurveLinesProps {
  readonly label: string;
  readonly title: string;
  /** Under the equally spaced points; the ends are written. */
  readonly labels: readonly string[];
  readonly lines: readonly CurveLine[];
}

const WIDTH = 240;
const HEIGHT = 110;
const [LEFT, TOP, BOTTOM] = [30, 16, 16];

/** Lines over equally spaced points, on one scale. */
export function CurveLines({ label, title, labels, lines }: CurveLinesProps) {
  const y = useMemo(
    () =>
      linearAxis(padded(extentOf(...lines.map(({ values }) => values))), [HEIGHT - BOTTOM, TOP], 3),
    [lines],
  );
  const x = (i: number) => LEFT + ((WIDTH - LEFT - 2) * i) / Math.max(1, labels.length - 1);
  // What is strong lies on top.
  const order = ['baseline', 'plain', 'strong'];
  const sorted = [...lines].sort((a, b) => order.indexOf(a.weight) - order.indexOf(b.weight));
  return (
    <svg
      className={classes(shared.axes, styles.curves)}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      role="img"
      aria-label={label}
    >
      <text className={shared.title} x={0} y={10}>
        {title}
      </text>
      {y.ticks.map((tick) => (
        <g key={tick}>
          <line className={styles.rule} x1={LEFT} x2={WIDTH} y1={y.at(tick)} y2={y.at(tick)} />
          <text x={LEFT - 4} y={y.at(tick) + 3} textAnchor="end">
            {y.label(tick)}
          </text>
        </g>
      ))}
      <text x={LEFT} y={HEIGHT - 4}>
        {labels[0]}
      </text>
      <text x={(LEFT + WIDTH) / 2} y={HEIGHT - 4} textAnchor="middle">
        {labels[Math.floor(labels.length / 2)]}
      </text>
      <text x={WIDTH} y={HEIGHT - 4} textAnchor="end">
        {labels.at(-1)}
      </text>
      {sorted.map(({ name, values, weight }) => (
        <polyline
          key={name}
          className={styles[weight]}
          points={values.map((value, i) => `${x(i)},${y.at(value)}`).join(' ')}
        >
          <title>{name}</title>
        </polyline>
      ))}
    </svg>
  );
}
