import { PNG } from 'pngjs';
import { extractText, getDocumentProxy, getMeta } from 'unpdf';
import { describe, expect, it } from 'vitest';
import { type Drawing, writePdf, writeSvg } from './index.ts';

const RED = { color: [219, 66, 42], alpha: 1 } as const;
const text = { kind: 'text', x: 10, size: 12, bold: false, width: 120, paint: RED } as const;

const drawing: Drawing = {
  width: 200,
  height: 100,
  title: 'GroEL − <Σ>',
  program: 'Respond-CAM',
  items: [
    { ...text, text: 'Σ −12.8, class “GroEL” & 40³ · ±30%', y: 20 },
    { ...text, text: 'volume 細胞.mrc', y: 40, bold: true },
    {
      kind: 'path',
      segments: [['M', 0, 0], ['L', 50, 0], ['L', 50, 30], ['Z']],
      fill: { ...RED, alpha: 0.5 },
      stroke: { ...RED, width: 2, round: true },
      clip: { x: 0, y: 0, width: 40, height: 20 },
    },
    {
      kind: 'image',
      raster: { data: Uint8Array.of(255, 0, 0, 255, 0, 0, 255, 128), width: 2, height: 1 },
      matrix: [40, 0, 0, 20, 100, 60],
      smooth: false,
      alpha: 1,
      clip: null,
    },
  ],
};

describe('writePdf', () => {
  it('is a page of the right size whose text another program finds', async () => {
    const pdf = await getDocumentProxy(writePdf(drawing, 180));
    const { text: pages } = await extractText(pdf);
    expect(pages).toHaveLength(1);
    expect(pages[0]).toContain('Σ −12.8, class “GroEL” & 40³ · ±30%');
    const page = await pdf.getPage(1);
    const { width, height } = page.getViewport({ scale: 1 });
    expect(width).toBeCloseTo((180 / 25.4) * 72, 1);
    expect(height).toBeCloseTo(width / 2, 1);
    const { info } = await getMeta(pdf);
    expect(info.Title).toBe('GroEL − <Σ>');
  });

  it('puts text where it was drawn, as wide as it was measured', async () => {
    const page = await (await getDocumentProxy(writePdf(drawing, 180))).getPage(1);
    const { items } = await page.getTextContent();
    const perUnit = ((180 / 25.4) * 72) / 200;
    const placed = items.flatMap((item) => ('str' in item && item.str.trim() ? [item] : []));
    const [, , , , x, y] = placed[0].transform as number[];
    expect([x / perUnit, 100 - y / perUnit]).toEqual([
      expect.closeTo(10, 2),
      expect.closeTo(20, 2),
    ]);
    const first = placed.filter((item) => item.transform[5] === placed[0].transform[5]);
    const end = Math.max(...first.map((item) => item.transform[4] + item.width));
    expect((end - x) / perUnit).toBeCloseTo(120, 0);
  });
});

describe('writeSvg', () => {
  it('has its size in print, text as text, and its pictures inside', () => {
    const svg = writeSvg(drawing, 180, "Helvetica, 'Arial'");
    expect(svg).toContain('width="180mm" height="90mm" viewBox="0 0 200 100"');
    expect(svg).toContain('>Σ −12.8, class “GroEL” &amp; 40³ · ±30%</text>');
    expect(svg).toContain('<title>GroEL − &lt;Σ&gt;</title>');
    const png = /base64,([^"]+)"/.exec(svg)![1];
    const { width, height, data } = PNG.sync.read(Buffer.from(png, 'base64'));
    expect([width, height, ...data]).toEqual([2, 1, 255, 0, 0, 255, 0, 0, 255, 128]);
    // Nothing is fetched.
    expect(svg.match(/href="(?!data:|#)/)).toBeNull();
  });
});
