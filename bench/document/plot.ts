/** A line of a plot; points are `[x, y]`, both above 0. */
export interface Series {
  readonly name: string;
  readonly color: string;
  readonly points: readonly (readonly [number, number])[];
}

export interface Plot {
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly xTicks: readonly number[];
  readonly series: readonly Series[];
  /** Text of a y tick. */
  readonly formatY: (value: number) => string;
}

const WIDTH = 720;
const HEIGHT = 400;
const LEFT = 64;
const RIGHT = 150;
const TOP = 40;
const BOTTOM = 52;
/** Pixels between the names at the ends of the lines. */
const LINE = 16;

/** Grey that reads on white and on GitHub's dark page. */
const INK = '#7d8590';

/** Both axes logarithmic; no background, so that it lies on a light or a dark page. */
export function plotSvg({ title, xLabel, yLabel, xTicks, series, formatY }: Plot): string {
  const xs = series.flatMap(({ points }) => points.map(([x]) => x)).concat(xTicks);
  const ys = series.flatMap(({ points }) => points.map(([, y]) => y));
  const x = logScale(Math.min(...xs), Math.max(...xs), LEFT, WIDTH - RIGHT);
  const low = 10 ** Math.floor(Math.log10(Math.min(...ys)));
  const high = 10 ** Math.ceil(Math.log10(Math.max(...ys)));
  const y = logScale(low, high, HEIGHT - BOTTOM, TOP);
  const decades = Array.from(
    { length: Math.round(Math.log10(high / low)) + 1 },
    (_, i) => low * 10 ** i,
  );

  const grid = decades.map((value) => {
    const at = n(y(value));
    return (
      `<path d="M${LEFT} ${at}H${WIDTH - RIGHT}" stroke="${INK}" stroke-opacity=".3"/>` +
      text(LEFT - 8, y(value) + 4, formatY(value), 'end')
    );
  });
  const ticks = xTicks.map(
    (value) =>
      `<path d="M${n(x(value))} ${HEIGHT - BOTTOM}v5" stroke="${INK}"/>` +
      text(x(value), HEIGHT - BOTTOM + 20, String(value), 'middle'),
  );
  const names = apart(series.map(({ points }) => y(points[points.length - 1][1]) + 4));
  const lines = series.map(({ name, color, points }, i) => {
    const path = points.map(([px, py]) => `${n(x(px))} ${n(y(py))}`).join('L');
    const dots = points.map(([px, py]) => `<circle cx="${n(x(px))}" cy="${n(y(py))}" r="3.5"/>`);
    const end = x(points[points.length - 1][0]) + 10;
    return (
      `<g fill="${color}"><path d="M${path}" fill="none" stroke="${color}" stroke-width="2"/>` +
      `${dots.join('')}<text x="${n(end)}" y="${n(names[i])}">${escaped(name)}</text></g>`
    );
  });
  const middle = (TOP + HEIGHT - BOTTOM) / 2;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" font-family="system-ui, sans-serif" font-size="13" role="img">
<title>${escaped(title)}</title>
${text(LEFT, 22, title, 'start', ' font-weight="600"')}
${grid.join('\n')}
${ticks.join('\n')}
<path d="M${LEFT} ${HEIGHT - BOTTOM}H${WIDTH - RIGHT}" stroke="${INK}"/>
${text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 10, xLabel, 'middle')}
<g transform="rotate(-90 16 ${n(middle)})">${text(16, middle, yLabel, 'middle')}</g>
${lines.join('\n')}
</svg>
`;
}

function logScale(low: number, high: number, from: number, to: number): (value: number) => number {
  const span = Math.log(high / low) || 1;
  return (value) => from + ((to - from) * Math.log(value / low)) / span;
}

/** Moves heights down until none is nearer than a line to the one above it. */
export function apart(heights: readonly number[]): number[] {
  const order = heights.map((_, i) => i).sort((a, b) => heights[a] - heights[b]);
  const moved = [...heights];
  for (const [k, i] of order.entries()) {
    if (k > 0) moved[i] = Math.max(moved[i], moved[order[k - 1]] + LINE);
  }
  return moved;
}

function text(x: number, y: number, content: string, anchor: string, more = ''): string {
  return `<text x="${n(x)}" y="${n(y)}" text-anchor="${anchor}" fill="${INK}"${more}>${escaped(content)}</text>`;
}

const n = (value: number) => Number(value.toFixed(1));
const escaped = (value: string) =>
  value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
