import type { Curves, Point } from './log.ts';

const WIDTH = 760;
const HEIGHT = 270;
const PANEL = { width: 300, height: 180, top: 46 };
const LEFTS = [54, 434];

/** A picture that follows the reader's light or dark scheme, with a ground of its own. */
const STYLE = `
text { font: 12px system-ui, sans-serif; fill: #4a4f57 }
.title { font-weight: 600; fill: #1c2026 }
.ground { fill: #fff } .grid { stroke: #e3e6ea } .best { stroke: #8a9099; stroke-dasharray: 3 3 }
path { fill: none; stroke-linejoin: round }
.step { stroke: #0072b2; stroke-opacity: .3; stroke-width: .75 }
.train { stroke: #0072b2; stroke-width: 2 } .validation { stroke: #c25100; stroke-width: 2 }
circle.train { fill: #0072b2 } circle.validation { fill: #c25100 }
@media (prefers-color-scheme: dark) {
text { fill: #a8b0ba } .title { fill: #e8ebef } .ground { fill: #14171b } .grid { stroke: #2b3037 }
.step, .train { stroke: #56b4e9 } .validation { stroke: #f0984e }
circle.train { fill: #56b4e9 } circle.validation { fill: #f0984e }
}`;

interface Axis {
  readonly ticks: readonly number[];
  readonly label: (tick: number) => string;
  /** 0 at the bottom of the panel, 1 at its top. */
  readonly place: (value: number) => number;
}

/** Loss (logarithmic) and accuracy against epochs: every step thin, epochs and validation thick. */
export function curvesSvg(curves: Curves): string {
  const { epochs, steps, train, validation, best, test } = curves;
  const losses = [...steps, ...train, ...validation].map(({ loss }) => loss);
  const loss = logAxis(Math.min(...losses), Math.max(...losses));
  const accuracy: Axis = {
    ticks: [0, 0.25, 0.5, 0.75, 1],
    label: (tick) => `${100 * tick}%`,
    place: (value) => value,
  };
  const panels = [
    panel(LEFTS[0], 'Loss', curves, loss, (point) => point.loss),
    panel(LEFTS[1], 'Accuracy', curves, accuracy, (point) => point.accuracy),
  ];
  const final = test ? `; ${(100 * test.accuracy).toFixed(1)}% of ${test.n} held-out volumes` : '';
  const bestWords = best === undefined ? '' : `; dashed: best epoch ${best + 1}`;
  const description = `Training of ${epochs} epochs${final}`;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${description}">
<style>${STYLE}
</style>
<rect class="ground" width="${WIDTH}" height="${HEIGHT}" rx="6"/>
${panels.join('\n')}
<g transform="translate(${LEFTS[0]},${HEIGHT - 12})"><circle class="train" r="4" cy="-4"/><text x="8">training</text><circle class="validation" r="4" cx="80" cy="-4"/><text x="88">validation</text><text x="170">thin: single steps${bestWords}${final}</text></g>
</svg>
`;
}

function panel(
  left: number,
  title: string,
  { epochs, steps, train, validation, best }: Curves,
  axis: Axis,
  value: (point: Point) => number,
): string {
  const { width, height, top } = PANEL;
  const x = (at: number) => ((width * at) / epochs).toFixed(1);
  const y = (v: number) => (height * (1 - axis.place(v))).toFixed(1);
  const line = (points: readonly Point[]) =>
    points.map((point, i) => `${i ? 'L' : 'M'}${x(point.at)} ${y(value(point))}`).join('');
  const curve = (name: string, points: readonly Point[]) =>
    `<path class="${name}" d="${line(points)}"/>${points
      .map(
        (point) => `<circle class="${name}" r="2.5" cx="${x(point.at)}" cy="${y(value(point))}"/>`,
      )
      .join('')}`;
  const every = Math.ceil(epochs / 10);
  const numbers = Array.from({ length: Math.floor(epochs / every) }, (_, i) => (i + 1) * every);
  return `<g transform="translate(${left},${top})">
<text class="title" x="0" y="-16">${title}</text>
${axis.ticks.map((tick) => `<path class="grid" d="M0 ${y(tick)}H${width}"/><text x="-8" y="${y(tick)}" dy=".35em" text-anchor="end">${axis.label(tick)}</text>`).join('\n')}
${numbers.map((epoch) => `<text x="${x(epoch)}" y="${height + 16}" text-anchor="middle">${epoch}</text>`).join('')}
<text x="${width}" y="-16" text-anchor="end">by epoch</text>
${best === undefined ? '' : `<path class="best" d="M${x(best + 1)} 0V${height}"/>`}
<path class="step" d="${line(steps)}"/>
${curve('train', train)}
${curve('validation', validation)}
</g>`;
}

/** Powers of ten, and 3 between them, around the values. */
function logAxis(low: number, high: number): Axis {
  const floor = Math.max(low, 1e-4);
  const bottom = Math.log10(floor) - 0.05;
  const top = Math.log10(Math.max(high, 1.1 * floor)) + 0.05;
  const all = Array.from({ length: 12 }, (_, i) => [10 ** (i - 4), 3 * 10 ** (i - 4)]).flat();
  const place = (value: number) => (Math.log10(Math.max(value, floor)) - bottom) / (top - bottom);
  return {
    ticks: all.filter((tick) => tick >= floor && place(tick) <= 1),
    label: (tick) => String(Number(tick.toPrecision(1))),
    place,
  };
}
