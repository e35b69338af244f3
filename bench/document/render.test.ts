import { existsSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import type { Measurement, Report } from '../report.ts';
import { apart } from './plot.ts';
import { renderPage, renderPictures } from './render.ts';

const measured = (rows: Measurement['rows'], more: Partial<Measurement> = {}): Measurement => ({
  rows,
  date: '2026-01-02',
  commit: 'abc1234',
  machine: { processor: 'P', cores: 2, memory: 8, system: 'Linux', node: 'v20' },
  seconds: 1,
  ...more,
});

it('docs/performance.md and its pictures are what docs/performance.json gives', () => {
  const report = JSON.parse(readFileSync('docs/performance.json', 'utf8')) as Report;
  const page = readFileSync('docs/performance.md', 'utf8');
  expect(renderPage(page, report)).toBe(page);
  for (const [name, svg] of Object.entries(renderPictures(report))) {
    expect(readFileSync(`docs/images/${name}`, 'utf8')).toBe(svg);
  }
  for (const [, path] of page.matchAll(/!\[[^\]]*\]\(([^)]+)\)/g)) {
    expect(existsSync(`docs/${path}`)).toBe(true);
  }
});

it('puts times, ratios, versions and what was left out into the page, and dashes for what is missing', () => {
  const of = (engine: string) => ({ network: 'cnn-2', task: 'forward', batch: 1, engine });
  const networks = measured(
    [
      { name: '', value: 25, unit: 'ms', of: of('own') },
      { name: '', value: 150, unit: 'MiB', of: of('own') },
      { name: '', value: 2800, unit: 'ms', of: of('stock') },
      { name: '', value: 60, unit: 'ms', of: of('ort') },
    ],
    { about: { own: 'tfjs 4' }, left: ['rows of PyTorch: none here'] },
  );
  const page = 'a\n<!-- figures: networks -->\nold\n<!-- end -->\nb';
  const text = renderPage(page, { parts: { networks } });
  expect(text).toContain(
    '| CNN-2, one volume | **25 ms** | 2800 ms | 60 ms | – | 112x | 2.4x | – |',
  );
  expect(text).toContain('| CNN-2, forward, 1 | 150 MiB | – | – | – |');
  expect(text).toMatch(/own: tfjs 4\. Left out: rows of PyTorch: none here\./);
  expect(text).not.toContain('old');
  expect(renderPage(text, { parts: { networks } })).toBe(text);
  expect(renderPage(page, { parts: {} })).toBe(page);
  expect(() => renderPage('<!-- figures: nets -->\n\n<!-- end -->', { parts: {} })).toThrow(
    /'nets'; accepted: networks/,
  );
});

it('draws one line per engine with a point per figure, ten times the time one decade up', () => {
  const rows = [
    ...[20, 40].map((at) => ({ at, engine: 'own', value: at })),
    ...[20, 40].map((at) => ({ at, engine: 'ort', value: 10 * at })),
  ].map(({ at, engine, value }) => ({
    name: '',
    value,
    unit: 'ms',
    of: { axis: 'box', at, engine },
  }));
  const all = { name: '', value: 5, unit: 'ms', of: { axis: 'channels', at: 8, engine: 'own' } };
  const svg = renderPictures({ parts: { growth: measured([...rows, all]) } })['time-by-box.svg'];
  const circles = [...svg.matchAll(/cy="([\d.]+)"/g)].map(([, y]) => Number(y));
  expect(circles).toHaveLength(4);
  const decade = circles[0] - circles[2];
  expect(circles[1] - circles[3]).toBeCloseTo(decade, 0);
  // From 20 to 40 ms is 0.301 of a decade.
  expect((circles[0] - circles[1]) / decade).toBeCloseTo(Math.log10(2), 2);
});

it('keeps names apart without changing their order', () => {
  expect(apart([100, 102, 50])).toEqual([100, 116, 50]);
});
