import { memo, useMemo } from 'react';
import { useStore } from 'zustand';
import {
  channelOf,
  type ChannelRow,
  WALK_METHODS,
  type WalkMethod,
} from '../../../../core/cam/index.ts';
import {
  formatValue,
  mapPicture,
  PALETTES,
  peakOf,
  projectionOf,
} from '../../../../core/color/index.ts';
import { METHOD_NAMES, SHORT_NAMES } from '../../../../panels/index.ts';
import { viewStore, type Walk } from '../../../../state/index.ts';
import { classes } from '../../../../ui/classes.ts';
import { Picture } from '../../../../ui/Picture.tsx';
import { moveFocus } from '../../../../ui/roving.ts';
import styles from './ChannelList.module.css';

interface ChannelListProps {
  readonly walk: Walk;
  readonly rows: readonly ChannelRow[];
  /** Channels that are not listed. */
  readonly rest: number;
  readonly muted: ReadonlySet<number>;
  /** Index of the channel that is looked at. */
  readonly pointed: number;
  /** Channels that are in the sum. */
  readonly count: number;
  onPoint(index: number): void;
  onMute(index: number): void;
}

/** One line for each channel: its feature map and gradient, its weight by both methods, and whether it counts. */
export function ChannelList(props: ChannelListProps) {
  const { walk, rows, rest, muted, pointed, count, onPoint, onMute } = props;
  const largest = useMemo(
    () => ({ respond: largestOf(rows, 'respond'), grad: largestOf(rows, 'grad') }),
    [rows],
  );
  return (
    <section className={styles.list} aria-label="Channels">
      <div className={styles.head} aria-hidden="true">
        <span>Channel</span>
        <span>A</span>
        <span>g</span>
        {WALK_METHODS.map((method) => (
          <span key={method}>
            <span className={styles.long}>{METHOD_NAMES[method]}</span>
            <span className={styles.short}>{SHORT_NAMES[method]}</span> α
          </span>
        ))}
      </div>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: its buttons are reached by arrows */}
      <div className={styles.rows} onKeyDown={moveFocus}>
        {rows.map((row, i) => (
          <Line
            key={row.index}
            {...{ walk, row, largest, onPoint, onMute }}
            pointed={row.index === pointed}
            muted={muted.has(row.index)}
            summed={i < count}
          />
        ))}
        {rest > 0 && <p className="small">and {rest} more that add less</p>}
      </div>
    </section>
  );
}

interface Largest {
  readonly index: number;
  readonly magnitude: number;
}

/** The channel with the largest weight of a method. */
function largestOf(rows: readonly ChannelRow[], method: WalkMethod): Largest {
  const found = rows.reduce((best, row) =>
    Math.abs(row.alpha[method] ?? 0) > Math.abs(best.alpha[method] ?? 0) ? row : best,
  );
  return { index: found.index, magnitude: Math.abs(found.alpha[method] ?? 0) };
}

interface LineProps {
  readonly walk: Walk;
  readonly row: ChannelRow;
  readonly largest: Readonly<Record<WalkMethod, Largest>>;
  readonly pointed: boolean;
  readonly muted: boolean;
  readonly summed: boolean;
  onPoint(index: number): void;
  onMute(index: number): void;
}

const Line = memo(function Line(props: LineProps) {
  const { walk, row, largest, pointed, muted, summed, onPoint, onMute } = props;
  const { index, alpha } = row;
  const { activations, gradients } = walk.channels;
  const words = WALK_METHODS.map(
    (method) =>
      `${METHOD_NAMES[method]} weight ${alpha[method] === null ? 'none' : formatValue(alpha[method])}`,
  );
  return (
    <div
      className={classes(styles.line, pointed && styles.pointed, (muted || !summed) && styles.out)}
      onPointerEnter={() => onPoint(index)}
    >
      <input
        type="checkbox"
        checked={!muted}
        aria-label={`Channel ${index} counts`}
        onChange={() => onMute(index)}
      />
      <button
        type="button"
        className={styles.point}
        aria-label={`Channel ${index}: ${words.join(', ')}`}
        aria-pressed={pointed}
        tabIndex={pointed ? 0 : -1}
        data-stop
        onFocus={() => onPoint(index)}
        onClick={() => onPoint(index)}
      >
        {index}
      </button>
      <ChannelPicture walk={walk} values={activations} index={index} />
      <ChannelPicture walk={walk} values={gradients} index={index} />
      {WALK_METHODS.map((method) => (
        <Bar
          key={method}
          value={alpha[method]}
          largest={largest[method].magnitude}
          most={largest[method].index === index}
        />
      ))}
    </div>
  );
});

interface BarProps {
  readonly value: number | null;
  readonly largest: number;
  /** The largest of all. */
  readonly most: boolean;
}

/** A weight as a bar to the left or to the right of zero. */
function Bar({ value, largest, most }: BarProps) {
  if (value === null) return <span className={styles.none}>g·A</span>;
  const width = largest > 0 ? (50 * Math.abs(value)) / largest : 0;
  const side = value < 0 ? { right: '50%' } : { left: '50%' };
  return (
    <span className={styles.bar}>
      <i
        className={value < 0 ? styles.negative : styles.positive}
        style={{ width: `${width}%`, ...side }}
      />
      <span className={classes(styles.value, most && styles.most)}>
        {most && <span aria-hidden="true">▸ </span>}
        {formatValue(value)}
      </span>
    </span>
  );
}

interface ChannelPictureProps {
  readonly walk: Walk;
  /** `[channels, voxels]` */
  readonly values: Float32Array;
  readonly index: number;
}

function ChannelPicture({ walk, values, index }: ChannelPictureProps) {
  const palette = useStore(viewStore, (view) => view.palette);
  const picture = useMemo(() => {
    const data = channelOf(values, walk.channels.channels, index);
    const { rowsDown } = walk.answer.prepared.volume;
    return mapPicture(projectionOf(data, walk.grid), peakOf(data), PALETTES[palette], rowsDown);
  }, [walk, values, index, palette]);
  return <Picture picture={picture} blocks className={styles.picture} />;
}
