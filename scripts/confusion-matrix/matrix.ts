import type { Evaluation } from '../../src/core/evaluation/index.ts';

const CELL = 20;
const LEFT = 262;
const TOP = 76;

/** A picture that follows the reader's light or dark scheme, with a ground of its own. */
const STYLE = `
text { font: 11px system-ui, sans-serif; fill: #4a4f57 } .count { text-anchor: middle }
.ground { fill: #fff } .grid { fill: #f4f5f7 } .right { fill: #0072b2 } .wrong { fill: #c25100 }
.strong { fill: #fff }
@media (prefers-color-scheme: dark) {
text { fill: #a8b0ba } .ground { fill: #14171b } .grid { fill: #1e2227 }
.right { fill: #56b4e9 } .wrong { fill: #f0984e } .strong { fill: #14171b }
}`;

/** Rows: true classes; columns: what the network answers; shaded by the share of the row, with counts. */
export function matrixSvg({
  title,
  classes,
  confusion,
  accuracy,
  labelled,
}: Pick<Evaluation, 'title' | 'classes' | 'confusion' | 'accuracy' | 'labelled'>): string {
  if (!confusion || accuracy === null) throw new Error('The evaluation has no labelled volumes.');
  const width = LEFT + classes.length * CELL + 12;
  const height = TOP + classes.length * CELL + 30;
  const rows = confusion.map((row, truth) => {
    const total = row.reduce((a, b) => a + b, 0);
    const y = TOP + truth * CELL;
    const cells = row.map((count, answer) =>
      count === 0 ? '' : cell(LEFT + answer * CELL, y, count, total, answer === truth),
    );
    return `<text x="${LEFT - 8}" y="${y + 14}" text-anchor="end">${xmlText(classes[truth])}</text>${cells.join('')}`;
  });
  const columns = classes.map(
    (name, i) =>
      `<text transform="translate(${LEFT + i * CELL + 14},${TOP - 6}) rotate(-60)">${xmlText(shortName(name))}</text>`,
  );
  const words = `${title}: ${(100 * accuracy).toFixed(1)}% of ${labelled} held-out volumes`;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="Confusion matrix of ${xmlText(words)}">
<style>${STYLE}
</style>
<rect class="ground" width="${width}" height="${height}" rx="6"/>
<rect class="grid" x="${LEFT}" y="${TOP}" width="${classes.length * CELL}" height="${classes.length * CELL}"/>
${columns.join('\n')}
${rows.join('\n')}
<text x="${LEFT}" y="${height - 10}">${xmlText(words)}; rows: truth, columns: answer</text>
</svg>
`;
}

function cell(x: number, y: number, count: number, total: number, right: boolean): string {
  const share = count / total;
  const box = `<rect class="${right ? 'right' : 'wrong'}" x="${x + 1}" y="${y + 1}" width="${CELL - 2}" height="${CELL - 2}" rx="2" opacity="${(0.15 + 0.85 * share).toFixed(2)}"/>`;
  const ink = share > 0.5 ? 'count strong' : 'count';
  return `${box}<text class="${ink}" x="${x + CELL / 2}" y="${y + 14}">${count}</text>`;
}

/** The id in brackets at the end of a class name. */
function shortName(name: string): string {
  return /\(([^()]+)\)$/.exec(name)?.[1] ?? name;
}

const xmlText = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
