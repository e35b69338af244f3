import { useEffect, useRef } from 'react';
import { useStore } from 'zustand';
import {
  colorAt,
  formatValue,
  PALETTES,
  type SymmetricScale,
  symmetricTicks,
} from '../core/color/index.ts';
import { displayStore, type ShownMap, viewStore } from '../state/index.ts';
import { METHOD_NAMES } from './words.ts';

/** One bar for both maps, or one each when they have their own scales. */
export function ColorBar() {
  const { left, right } = useStore(displayStore);
  const scaleMode = useStore(viewStore, (state) => state.scaleMode);
  if (!left || !right) return <div className="color-bars" />;
  return (
    <div className="color-bars">
      {scaleMode === 'shared' ? (
        <Bar map={right} label="Score per voxel" />
      ) : (
        [left, right].map((map) => (
          <Bar key={map.method} map={map} label={METHOD_NAMES[map.method]} />
        ))
      )}
    </div>
  );
}

const WIDTH = 256;

function Bar({ map, label }: { readonly map: ShownMap; readonly label: string }) {
  const palette = useStore(viewStore, (state) => state.palette);
  const sign = useStore(viewStore, (state) => state.sign);
  const canvas = useRef<HTMLCanvasElement>(null);
  const { limit, levels } = map;
  useEffect(() => {
    paint(canvas.current!, { limit, palette: PALETTES[palette] });
  }, [limit, palette]);
  const at = (value: number) => `${limit > 0 ? 50 + (value / limit) * 50 : 50}%`;
  const signs = sign === 'both' ? [-1, 1] : sign === 'positive' ? [1] : [-1];
  return (
    <figure
      className="color-bar"
      aria-label={`Colours from ${formatValue(-limit)} to ${formatValue(limit)}`}
    >
      <figcaption>{label}</figcaption>
      <div className="color-bar-strip">
        <canvas ref={canvas} width={WIDTH} height={1} />
        {signs.flatMap((s) =>
          levels.map((level) => (
            <i key={s * level} className="color-bar-level" style={{ left: at(s * level) }} />
          )),
        )}
      </div>
      <div className="color-bar-ticks">
        {symmetricTicks(limit, 2).map((tick) => (
          <span key={tick} style={{ left: at(tick) }}>
            {formatValue(tick)}
          </span>
        ))}
      </div>
    </figure>
  );
}

function paint(canvas: HTMLCanvasElement, scale: SymmetricScale): void {
  const context = canvas.getContext('2d')!;
  const pixels = context.createImageData(WIDTH, 1);
  const limit = scale.limit || 1;
  for (let x = 0; x < WIDTH; x++) {
    const value = ((x + 0.5) / WIDTH) * 2 * limit - limit;
    pixels.data.set([...colorAt(value, { ...scale, limit }), 255], x * 4);
  }
  context.putImageData(pixels, 0, 0);
}
