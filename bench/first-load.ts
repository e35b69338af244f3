import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser } from '@playwright/test';

/** What a visit without anything kept costs until the first heatmap is drawn. */
export interface FirstLoad {
  /** ms since the navigation. */
  readonly paint: number;
  /** The page around the views, in place of its name alone. */
  readonly page: number;
  readonly heatmap: number;
  /** Bodies as sent, compressed ones compressed, in the order of the requests. */
  readonly files: readonly { readonly path: string; readonly bytes: number }[];
}

/** Opens the app at `address` as someone who was never there. */
export async function firstLoad(browser: Browser, address: string): Promise<FirstLoad> {
  const files: { path: string; bytes: number }[] = [];
  // Between browser and server, since the browser does not report what its workers fetch.
  const between = createServer((asked, answer) => {
    const { url = '/', method, headers } = asked;
    const file = { path: url, bytes: 0 };
    files.push(file);
    request(new URL(url, address), { method, headers }, (got) => {
      answer.writeHead(got.statusCode ?? 500, got.headers);
      got.on('data', (part: Buffer) => {
        file.bytes += part.length;
      });
      got.pipe(answer);
    }).end();
  });
  await new Promise<void>((done) => between.listen(0, '127.0.0.1', done));
  const { port } = between.address() as AddressInfo;
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    serviceWorkers: 'block',
  });
  try {
    const page = await context.newPage();
    await page.goto(`http://127.0.0.1:${port}/`, { waitUntil: 'commit' });
    const ready = await page.waitForFunction(
      () => (document.querySelector('main') ? performance.now() : null),
      null,
      { polling: 'raf', timeout: 120_000 },
    );
    const shown = await page.waitForFunction(
      () => {
        const view = document.querySelector('[aria-label^="Respond-CAM in 3D"]');
        const drawn = document.querySelector('[data-scene] canvas');
        if (view?.getAttribute('aria-busy') !== 'false' || !drawn) return null;
        // The surfaces are drawn in the frame that follows.
        return new Promise<number>((done) =>
          requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now()))),
        );
      },
      null,
      { polling: 'raf', timeout: 120_000 },
    );
    const until = files.map((file) => ({ ...file }));
    const heatmap = (await shown.jsonValue()) as number;
    const paint = await page.evaluate(
      () => performance.getEntriesByName('first-contentful-paint')[0].startTime,
    );
    return { paint, page: (await ready.jsonValue()) as number, heatmap, files: until };
  } finally {
    await context.close();
    between.closeAllConnections();
    between.close();
  }
}
