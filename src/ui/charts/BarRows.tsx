import { type CSSProperties, useRef, useState } from 'react';
import { useSize } from '../useElement.ts';
import { linearAxis } from './axis.ts';
import shared from './charts.module.css';
import styles from './BarRows.module.css';

interface BarRow {
  readonly id: string;
  readonly name: string;
  /** Sets `--series`, the colour of the bars. */
  readonly style: CSSProperties;
  /** Over equal bins of the axis. */
  readonly counts: readonly number[];
  /** A value to compare with. */
  readonly mark?: number;
}

interface BarRowsProps {
  readonly rows: readonly BarRow[];
  readonly from: number;
  readonly to: number;
  readonly ticks: readonly number[];
  readonly title: string;
  /** What the marks are. */
  readonly legend?: string;
  /** Words on one bin. */
  wordsFor(bin: number, count: number): string;
}

/** Heights in CSS pixels: a row, its name at the top, room for the mark at its bottom, the axis. */
const ROW = 62;
const NAME = 20;
const MARK = 9;
const FOOT = 34;
const BASE = ROW - MARK;
const SIDE = 14;

/** Histograms on one axis, one under the other; each is as high as its own fullest bin. */
export function BarRows({ rows, from, to, ticks, title, legend, wordsFor }: BarRowsProps) {
  const box = useRef<HTMLDivElement>(null);
  const size = useSize(box);
  const [hovered, setHovered] = useState<{ row: number; bin: number } | null>(null);
  const width = size?.width ?? 0;
  const height = rows.length * ROW + FOOT;
  const x = (value: number) => SIDE + ((value - from) / (to - from)) * (width - 2 * SIDE);
  const axis = linearAxis([from, to], [0, 1], 1);
  const tip = hovered && rows[hovered.row];
  const pointed = hovered && tip ? tip.counts[hovered.bin] : 0;
  return (
    <div className={styles.barRows} ref={box} style={{ height }}>
      {width > 0 && (
        <svg
          className={shared.axes}
          width={width}
          height={height}
          role="img"
          aria-label={rows.map((row) => summary(row, wordsFor)).join('; ')}
        >
          {ticks.map((tick) => (
            <g key={tick} transform={`translate(${x(tick)} 0)`}>
              <line className={shared.grid} y1={NAME} y2={rows.length * ROW} />
              <text y={rows.length * ROW + 14} textAnchor="middle">
                {axis.label(tick)}
              </text>
            </g>
          ))}
          <text className={shared.title} x={width / 2} y={height - 3} textAnchor="middle">
            {title}
          </text>
          {legend && (
            <text x={width - SIDE} y={height - 3} textAnchor="end">
              ▲ {legend}
            </text>
          )}
          {rows.map((row, r) => {
            const most = Math.max(1, ...row.counts);
            const step = (to - from) / row.counts.length;
            return (
              <g key={row.id} style={row.style} transform={`translate(0 ${r * ROW})`}>
                <text className={shared.barName} x={SIDE} y={NAME - 6}>
                  {row.name}
                </text>
                <line className={shared.zero} x1={SIDE} x2={width - SIDE} y1={BASE} y2={BASE} />
                {row.counts.map((count, bin) => {
                  const left = x(from + bin * step);
                  const right = x(from + (bin + 1) * step);
                  const high = count === 0 ? 0 : Math.max(2, (count / most) * (BASE - NAME));
                  return (
                    // biome-ignore lint/suspicious/noArrayIndexKey: bins have no name but their place
                    <g key={bin}>
                      {count > 0 && (
                        <rect
                          className={styles.bar}
                          x={left + 0.5}
                          y={BASE - high}
                          width={Math.max(1, right - left - 1)}
                          height={high}
                        />
                      )}
                      <rect
                        className={styles.barTarget}
                        x={left}
                        y={NAME}
                        width={right - left}
                        height={BASE - NAME}
                        onPointerEnter={() => setHovered({ row: r, bin })}
                        onPointerLeave={() => setHovered(null)}
                      />
                    </g>
                  );
                })}
                {row.mark !== undefined && (
                  <path className={styles.barMark} d={`M${x(row.mark)} ${BASE + 1}l-4.5 7h9z`} />
                )}
              </g>
            );
          })}
        </svg>
      )}
      {hovered && tip && pointed > 0 && (
        <div
          className={shared.tip}
          role="status"
          style={{
            top: hovered.row * ROW - 12,
            ...side(x, hovered.bin / tip.counts.length, from, to, width),
          }}
        >
          {wordsFor(hovered.bin, pointed)}
        </div>
      )}
    </div>
  );
}

function side(
  x: (value: number) => number,
  at: number,
  from: number,
  to: number,
  width: number,
): { left: number } | { right: number } {
  const left = x(from + at * (to - from));
  return at > 0.5 ? { right: width - left + 8 } : { left: left + 16 };
}

function summary({ name, counts }: BarRow, wordsFor: BarRowsProps['wordsFor']): string {
  const most = Math.max(...counts);
  return `${name}: most in one bin are ${wordsFor(counts.indexOf(most), most)}`;
}
