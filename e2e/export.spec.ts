import { readFileSync, writeFileSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { PNG } from 'pngjs';
import { expect, fixture, openApp, savePicture, test } from './app.ts';

/** Written by `UPDATE_GOLDEN=1 npx playwright test e2e/export.spec.ts`. */
const GOLDEN = fixture('picture', 'methods.png');
/** Blocks that the picture is averaged over, so that neither letters nor the edges of lines count. */
const [ACROSS, DOWN] = [72, 48];
/** Of 255: a block's mean colour that is further off is another colour. */
const OFF = 8;

async function pictureOf(page: Page): Promise<PNG> {
  return PNG.sync.read(readFileSync(await (await savePicture(page, 'PNG')).path()));
}

/** Mean colour of each block. */
function blocks({ width, height, data }: PNG): PNG {
  const out = new PNG({ width: ACROSS, height: DOWN });
  const edge = (i: number, of: number, length: number) => Math.round((i * length) / of);
  for (let v = 0; v < DOWN; v++)
    for (let u = 0; u < ACROSS; u++) {
      const [x0, x1] = [edge(u, ACROSS, width), edge(u + 1, ACROSS, width)];
      const [y0, y1] = [edge(v, DOWN, height), edge(v + 1, DOWN, height)];
      for (let c = 0; c < 4; c++) {
        let sum = 0;
        for (let y = y0; y < y1; y++)
          for (let x = x0; x < x1; x++) sum += data[4 * (y * width + x) + c];
        out.data[4 * (v * ACROSS + u) + c] = Math.round(sum / ((x1 - x0) * (y1 - y0)));
      }
    }
  return out;
}

/** Share of the blocks that have another colour. */
function unlike(a: PNG, b: PNG): number {
  const off = Array.from({ length: ACROSS * DOWN }, (_, i) =>
    [0, 1, 2].some((c) => Math.abs(a.data[4 * i + c] - b.data[4 * i + c]) > OFF),
  );
  return off.filter(Boolean).length / off.length;
}

/** The picture with blue for red: of maps whose sign is wrong. */
function flipped(picture: PNG): PNG {
  const out = new PNG({ width: picture.width, height: picture.height });
  for (let i = 0; i < picture.data.length; i += 4) {
    const [r, g, b, a] = picture.data.subarray(i, i + 4);
    out.data.set([b, g, r, a], i);
  }
  return out;
}

test('the picture is that of the golden one, which a wrong sign or level is not, and can be copied', async ({
  page,
  context,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await openApp(page);
  const picture = await pictureOf(page);
  expect(picture.width).toBe(Math.round((180 / 25.4) * 300));
  const found = blocks(picture);
  if (process.env.UPDATE_GOLDEN) writeFileSync(GOLDEN, PNG.sync.write(found));
  const golden = PNG.sync.read(readFileSync(GOLDEN));
  const levels = page.getByLabel('Contour levels, magnitudes');
  await levels.fill('5 15 25 35 45');
  await levels.press('Enter');
  const halved = blocks(await pictureOf(page));
  const shares = [found, flipped(found), halved].map((one) => unlike(one, golden));
  expect(shares[0]).toBeLessThan(0.03);
  expect(Math.min(shares[1], shares[2])).toBeGreaterThan(0.06);

  await page.keyboard.press('c');
  const types = () =>
    page.evaluate(async () => (await navigator.clipboard.read()).flatMap((item) => item.types));
  await expect.poll(types).toContain('image/png');
});
