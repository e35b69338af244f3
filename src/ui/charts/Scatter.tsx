import { type PointerEvent, type ReactNode, useEffect, useMemo, useRef, useState } from 'react';
import { useTextColor, useSize } from '../useElement.ts';
import { linearAxis } from './axis.ts';
import { PointPainter, type Points } from './points.ts';
import { classes } from '../classes.ts';
import shared from './charts.module.css';
import styles from './Scatter.module.css';

interface ScatterProps {
  /** What the plot shows, for those who do not see it. */
  readonly label: string;
  readonly points: Points;
  /** Values that the axes cover. */
  readonly rangeX: readonly [number, number];
  readonly rangeY: readonly [number, number];
  readonly titleX: string;
  readonly titleY: string;
  /** Draws the line y = x. */
  readonly diagonal?: boolean;
  /** Words on the point under the pointer. */
  wordsFor(index: number): ReactNode;
  onPick(index: number): void;
}

const MARGIN = { top: 6, right: 10, bottom: 32, left: 46 };

/** Thousands of points on a canvas between axes in SVG; hovering describes a point, a click picks it. */
export function Scatter(props: ScatterProps) {
  const { label, points, rangeX, rangeY, titleX, titleY, diagonal } = props;
  const box = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const [painter] = useState(() => new PointPainter());
  const [hovered, setHovered] = useState<number | null>(null);
  const size = useSize(box);
  const textColor = useTextColor(canvas);
  const width = Math.max(1, (size?.width ?? 0) - MARGIN.left - MARGIN.right);
  const height = Math.max(1, (size?.height ?? 0) - MARGIN.top - MARGIN.bottom);
  const [lowX, highX] = rangeX;
  const [lowY, highY] = rangeY;
  const x = useMemo(() => linearAxis([lowX, highX], [0, width], width / 60), [lowX, highX, width]);
  const y = useMemo(
    () => linearAxis([lowY, highY], [height, 0], height / 40),
    [lowY, highY, height],
  );

  useEffect(() => {
    if (!size || !textColor) return;
    painter.paint(canvas.current!, points, {
      width,
      height,
      pixel: window.devicePixelRatio,
      textColor,
      atX: x.at,
      atY: y.at,
      key: [x.from, x.to, y.from, y.to].join(),
    });
    return () => painter.cancel();
  }, [painter, points, size, textColor, x, y, width, height]);

  const onMove = ({ nativeEvent }: PointerEvent) =>
    setHovered(painter.pick(nativeEvent.offsetX, nativeEvent.offsetY));
  const shown = hovered !== null && hovered < points.count ? hovered : null;
  const at = shown === null ? null : [x.at(points.x[shown]), y.at(points.y[shown])];
  return (
    <div className={shared.scatter} ref={box}>
      {size && (
        <svg className={shared.axes} width={size.width} height={size.height} aria-hidden="true">
          <g transform={`translate(${MARGIN.left} ${MARGIN.top})`}>
            {x.ticks.map((tick) => (
              <g key={tick} transform={`translate(${x.at(tick)} 0)`}>
                <line className={tick === 0 ? shared.zero : shared.grid} y2={height} />
                <text y={height + 13} textAnchor="middle">
                  {x.label(tick)}
                </text>
              </g>
            ))}
            {y.ticks.map((tick) => (
              <g key={tick} transform={`translate(0 ${y.at(tick)})`}>
                <line className={tick === 0 ? shared.zero : shared.grid} x2={width} />
                <text x={-6} dy="0.32em" textAnchor="end">
                  {y.label(tick)}
                </text>
              </g>
            ))}
            {diagonal && <Diagonal x={x} y={y} />}
            <text className={shared.title} x={width / 2} y={height + 28} textAnchor="middle">
              {titleX}
            </text>
            <text
              className={shared.title}
              transform={`translate(${10 - MARGIN.left} ${height / 2}) rotate(-90)`}
              textAnchor="middle"
            >
              {titleY}
            </text>
          </g>
        </svg>
      )}
      <canvas
        ref={canvas}
        className={classes(styles.scatterPoints, !(shown === null) && styles['is-over'])}
        style={{ left: MARGIN.left, top: MARGIN.top, width, height }}
        role="img"
        aria-label={label}
        onPointerMove={onMove}
        onPointerLeave={() => setHovered(null)}
        onClick={() => shown !== null && props.onPick(shown)}
      />
      {size && at && (
        <svg className={styles.over} width={size.width} height={size.height} aria-hidden="true">
          <circle
            className={styles.scatterMark}
            cx={at[0] + MARGIN.left}
            cy={at[1] + MARGIN.top}
            r={4.5}
          />
        </svg>
      )}
      {at && shown !== null && (
        <div
          className={shared.tip}
          role="status"
          style={
            at[0] > width / 2
              ? { right: MARGIN.right + width - at[0] + 10, top: Math.min(at[1], height - 60) }
              : { left: MARGIN.left + at[0] + 10, top: Math.min(at[1], height - 60) }
          }
        >
          {props.wordsFor(shown)}
        </div>
      )}
    </div>
  );
}

function Diagonal({ x, y }: Record<'x' | 'y', ReturnType<typeof linearAxis>>) {
  const from = Math.max(x.from, y.from);
  const to = Math.min(x.to, y.to);
  if (from >= to) return null;
  return (
    <line className={styles.diagonal} x1={x.at(from)} y1={y.at(from)} x2={x.at(to)} y2={y.at(to)} />
  );
}
