import { useMemo } from 'react';
import { extentOf, linearAxis, padded } from './axis.ts';
import shared from './charts.module.css';
import styles from './RankLines.module.css';
import { classes } from '../classes.ts';

interface RankLinesProps {
  readonly label: string;
  readonly titles: readonly [left: string, right: string];
  readonly left: readonly number[];
  readonly right: readonly number[];
  readonly names: readonly string[];
  /** Drawn stronger; null for none. */
  readonly chosen: number | null;
}

const WIDTH = 240;
const HEIGHT = 120;
const TOP = 16;

/** A line for each thing from its value on the left scale to that on the right: lines that cross are ranked otherwise. */
export function RankLines({ label, titles, left, right, names, chosen }: RankLinesProps) {
  const [atLeft, atRight] = useMemo(
    () =>
      [left, right].map(
        (values) => linearAxis(padded(extentOf(values)), [HEIGHT - 4, TOP + 4], 4).at,
      ),
    [left, right],
  );
  return (
    <svg
      className={classes(shared.axes, styles.lines)}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      role="img"
      aria-label={label}
    >
      <text className={shared.title} x={0} y={10}>
        {titles[0]}
      </text>
      <text className={shared.title} x={WIDTH} y={10} textAnchor="end">
        {titles[1]}
      </text>
      {left.map((value, i) => (
        <line
          // biome-ignore lint/suspicious/noArrayIndexKey: the place is the identity of a class
          key={i}
          className={classes(styles.line, i === chosen && styles.chosen)}
          x1={4}
          x2={WIDTH - 4}
          y1={atLeft(value)}
          y2={atRight(right[i])}
        >
          <title>{names[i]}</title>
        </line>
      ))}
    </svg>
  );
}
