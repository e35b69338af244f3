import { type KeyboardEvent, type PointerEvent, useRef } from 'react';
import { useStore } from 'zustand';
import {
  formatSigned,
  type HeatmapBasis,
  type HeatmapUnit,
  heatmapLevel,
  heatmapValue,
} from '../core/color/index.ts';
import { actions, type Levels, viewStore } from '../state/index.ts';
import styles from './LevelMarks.module.css';

export const MAX_LEVELS = 8;
/** Share of the scale that a key press moves a level by; ten times as much with Shift or Page. */
const STEP = 0.01;
/** The least level, as a share of the scale. */
const LEAST = 0.002;

const UNITS: Readonly<Record<HeatmapUnit, string>> = {
  percent: '% of the maximum',
  sigma: ' standard deviations',
  absolute: ' score',
  mass: '% of the mass beyond',
};

interface LevelMarksProps {
  /** What the scale's levels are measured from. */
  readonly basis: HeatmapBasis;
  /** Whose scale it is, where there are several. */
  readonly title?: string;
}

/** Handles on a colour bar: one for each level on each side that is shown; a double click on the bar adds a level. */
export function LevelMarks({ basis, title }: LevelMarksProps) {
  const levels = useStore(viewStore, (view) => view.levels);
  const sign = useStore(viewStore, (view) => view.sign);
  const bar = useRef<HTMLDivElement>(null);
  const limit = basis.extreme;
  if (!(limit > 0)) return null;
  const magnitudeAt = (clientX: number) => {
    const { left, width } = bar.current!.getBoundingClientRect();
    return Math.abs((2 * (clientX - left)) / width - 1) * limit;
  };
  const sides = sign === 'both' ? [1, -1] : [sign === 'positive' ? 1 : -1];
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: levels are also added in the field beside it
    <div
      ref={bar}
      className={styles.marks}
      onDoubleClick={({ clientX, target, currentTarget }) => {
        if (target === currentTarget) add(levels, magnitudeAt(clientX), basis);
      }}
    >
      {sides.map((side, i) =>
        levels.values.map((value, at) => {
          const magnitude = heatmapLevel(Math.abs(value), levels.unit, basis);
          if (magnitude > limit * 1.0001) return null;
          return (
            <Mark
              // biome-ignore lint/suspicious/noArrayIndexKey: a level keeps its place while it is dragged
              key={`${side} ${at}`}
              side={side}
              share={(1 + (side * magnitude) / limit) / 2}
              text={`${formatSigned(side * Number(value.toPrecision(3)))}${UNITS[levels.unit]}`}
              label={`Contour level ${at + 1}${title ? ` of ${title}` : ''}`}
              magnitude={magnitude}
              limit={limit}
              // Both signs have the same magnitudes: the keyboard stops at one of each pair.
              stop={i === 0}
              magnitudeAt={magnitudeAt}
              onMove={(next, drag) => move(at, next, basis, drag)}
              onRemove={() => remove(at)}
            />
          );
        }),
      )}
    </div>
  );
}

interface MarkProps {
  readonly side: number;
  /** Place on the bar, 0 to 1. */
  readonly share: number;
  readonly text: string;
  readonly label: string;
  readonly magnitude: number;
  readonly limit: number;
  readonly stop: boolean;
  magnitudeAt(clientX: number): number;
  onMove(magnitude: number, drag: symbol | true): void;
  onRemove(): void;
}

function Mark(props: MarkProps) {
  const { side, share, text, label, magnitude, limit, stop, magnitudeAt, onMove, onRemove } = props;
  const drag = useRef<symbol | null>(null);
  const down = (event: PointerEvent<HTMLDivElement>) => {
    if (event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    drag.current = Symbol('drag');
  };
  const moved = ({ clientX }: PointerEvent) => {
    if (drag.current) onMove(magnitudeAt(clientX), drag.current);
  };
  const up = () => {
    drag.current = null;
  };
  const key = (event: KeyboardEvent) => {
    const by = KEYS[event.key];
    if (by !== undefined) {
      const far = event.shiftKey ? 10 : 1;
      onMove(magnitude + side * by * far * STEP * limit, true);
    } else if (event.key === 'Delete' || event.key === 'Backspace') onRemove();
    else return;
    event.preventDefault();
  };
  const known = stop
    ? {
        ...{ role: 'slider', tabIndex: 0, 'aria-label': label, 'aria-valuetext': text },
        ...{ 'aria-valuemin': 0, 'aria-valuemax': 100 },
        'aria-valuenow': Math.round((100 * magnitude) / limit),
      }
    : { 'aria-hidden': true };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: a slider, or the mirror image of one
    <div
      className={styles.mark}
      style={{ left: `${100 * share}%` }}
      {...known}
      data-text={text}
      onPointerDown={down}
      onPointerMove={moved}
      onPointerUp={up}
      onPointerCancel={up}
      onKeyDown={key}
    />
  );
}

/** Steps to the right on the bar. */
const KEYS: Readonly<Record<string, number>> = {
  ArrowRight: 1,
  ArrowUp: 1,
  ArrowLeft: -1,
  ArrowDown: -1,
  PageUp: 10,
  PageDown: -10,
};

/** A magnitude as the levels have it, within the scale. */
function levelAt(magnitude: number, unit: HeatmapUnit, basis: HeatmapBasis): number {
  const limit = basis.extreme;
  const within = Math.min(limit, Math.max(LEAST * limit, magnitude));
  return Number(heatmapValue(within, unit, basis).toPrecision(4));
}

function move(at: number, magnitude: number, basis: HeatmapBasis, drag: symbol | true): void {
  const { unit, values } = viewStore.getState().levels;
  const value = levelAt(magnitude, unit, basis);
  actions.setLevels({ unit, values: values.map((old, i) => (i === at ? value : old)) }, drag);
}

function add({ unit, values }: Levels, magnitude: number, basis: HeatmapBasis): void {
  if (values.length >= MAX_LEVELS) return;
  actions.setLevels({ unit, values: [...values, levelAt(magnitude, unit, basis)] });
}

function remove(at: number): void {
  const { unit, values } = viewStore.getState().levels;
  actions.setLevels({ unit, values: values.filter((_, i) => i !== at) });
}
