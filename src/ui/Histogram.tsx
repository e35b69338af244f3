import { formatValue } from '../core/color/index.ts';
import styles from './Histogram.module.css';

interface HistogramProps {
  /** Accessible description. */
  readonly label: string;
  /** Counts over equal bins between `min` and `max`. */
  readonly counts: ArrayLike<number>;
  readonly min: number;
  readonly max: number;
  /** Positions to mark, in the units of `min` and `max`. */
  readonly markers: readonly { readonly value: number; readonly label: string }[];
}

const WIDTH = 200;
const HEIGHT = 44;

/** Counts on a logarithmic scale, so that the few voxels of the molecule show beside the solvent. */
export function Histogram({ label, counts, min, max, markers }: HistogramProps) {
  const most = Math.log1p(Math.max(1, ...Array.from(counts)));
  const step = WIDTH / counts.length;
  const at = (i: number) => HEIGHT - (Math.log1p(counts[i]) / most) * (HEIGHT - 4);
  const tops = Array.from(
    { length: counts.length },
    (_, i) => `H${(i + 1) * step}V${at(i + 1) || HEIGHT}`,
  );
  const x = (value: number) => (max > min ? ((value - min) / (max - min)) * WIDTH : WIDTH / 2);
  return (
    <figure className={styles.histogram}>
      <svg
        role="img"
        aria-label={label}
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
      >
        <path className={styles.fill} d={`M0 ${HEIGHT}V${at(0)}${tops.join('')}Z`} />
        {markers
          .filter(({ value }) => value >= min && value <= max)
          .map((marker) => (
            <line
              key={marker.label}
              className={styles.marker}
              x1={x(marker.value)}
              x2={x(marker.value)}
              y1={0}
              y2={HEIGHT}
            />
          ))}
      </svg>
      <figcaption>
        <span>{formatValue(min)}</span>
        <span>{formatValue(max)}</span>
      </figcaption>
    </figure>
  );
}
