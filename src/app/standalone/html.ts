import type { StandalonePage } from './types.ts';

const STYLE = `
:root{color-scheme:light dark}
body{margin:0;padding:20px;font:14px/1.45 system-ui,sans-serif;background:light-dark(#fff,#17181a);color:light-dark(#1c1d20,#e7e8ea)}
h1{font-size:18px;margin:0}h2{font-size:14px;margin:0}
p{margin:4px 0;max-width:90ch}
.facts,.detail,footer{color:light-dark(#5b5e66,#a3a7af)}
.tools{display:flex;gap:16px;align-items:center;margin:12px 0}
.tools button{font:inherit}
.views{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(280px,100%),1fr));gap:16px}
.head{display:flex;justify-content:space-between;gap:8px;border-bottom:1px solid light-dark(#dcdde0,#3a3c41);padding-bottom:4px}
canvas.view{width:100%;aspect-ratio:1;display:block;touch-action:none;cursor:grab}
canvas.view:focus-visible{outline:2px solid #2b6cd4}
img{display:block;max-width:100%;background:#fff}
.bars{display:flex;flex-wrap:wrap;gap:16px;margin:16px 0}
table{border-collapse:collapse;font-variant-numeric:tabular-nums;margin:16px 0}
th,td{padding:2px 10px;text-align:right;border-bottom:1px solid light-dark(#ececee,#2c2e32)}
th:first-child,td:first-child{text-align:left}
`;

/** Nothing is fetched: the page runs its own script and shows what it carries. */
const POLICY =
  "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:";

/** One page with everything in it. @param viewer the script, see `viewer.ts` */
export function writeStandalone(page: StandalonePage, viewer: string): string {
  const [head, ...rows] = page.table;
  const cells = (row: readonly string[], tag: 'td' | 'th') =>
    `<tr>${row.map((text) => `<${tag}>${escaped(text)}</${tag}>`).join('')}</tr>`;
  const views = page.views.map(
    ({ title, detail, slices }) => `<section>
<div class="head"><h2>${escaped(title)}</h2><span class="detail">${escaped(detail)}</span></div>
<canvas class="view" tabindex="0" role="application" aria-label="${escaped(title)} in 3D. Arrow keys turn, plus and minus zoom, 0 resets."></canvas>
<img src="${slices}" alt="Slices: ${escaped(title)}">
</section>`,
  );
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="${escaped(page.program)}">
<title>${escaped(page.title)} – Respond-CAM</title>
<style>${STYLE}</style>
<h1>${escaped(page.title)}</h1>
<p class="facts">${escaped(page.facts.join('  ·  '))}</p>
<div class="tools"><label><input type="checkbox" id="turn"> Turn</label><button id="reset">Reset the camera</button><span class="facts">Drag to turn, Shift to move, pinch or Ctrl and the wheel to zoom.</span></div>
<p id="message" role="status"></p>
<main class="views">
${views.join('\n')}
</main>
<div class="bars">${page.colorBars.map((bar) => `<img src="${bar}" alt="Colour scale">`).join('')}</div>
${page.notes.map((note) => `<p>${escaped(note)}</p>`).join('\n')}
${head ? `<table><thead>${cells(head, 'th')}</thead><tbody>${rows.map((row) => cells(row, 'td')).join('\n')}</tbody></table>` : ''}
<footer>${escaped(page.program)}</footer>
<script type="application/json" id="content">${inJson(JSON.stringify(page))}</script>
<script>${inScript(viewer)}</script>
</html>
`;
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/** In strings, where alone it stands, this is the same. */
const inScript = (text: string) => text.replaceAll('</', '<\\/');
const inJson = (text: string) => text.replaceAll('<', '\\u003c');
