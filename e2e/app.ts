import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import {
  test as base,
  type ConsoleMessage,
  type Download,
  expect,
  type Locator,
  type Page,
  type Request,
  type Worker,
} from '@playwright/test';
import { sharedTab } from './tab.ts';

export { expect } from '@playwright/test';

const FIXTURES = join(import.meta.dirname, '..', 'fixtures');

/** What the page did that it never may: requests to other origins, blocked content, uncaught errors. */
interface Watch {
  readonly foreign: string[];
  readonly errors: string[];
}

/**
 * Every test watches the page; leaving the origin or an uncaught error fails it. Each has a browser
 * profile of its own, for what changes it: service workers, scripts that run before the page's.
 */
export const freshTest = base.extend<{ watch: Watch }>({
  watch: [
    async ({ page, baseURL }, use) => {
      const watch: Watch = { foreign: [], errors: [] };
      const origin = new URL(baseURL ?? '').origin;
      const asked = (request: Request) => {
        const url = request.url();
        const inside = url.startsWith(origin) || /^(blob|data):/.test(url);
        if (!inside) watch.foreign.push(url);
      };
      const failed = (error: Error) => watch.errors.push(error.message);
      const said = (message: ConsoleMessage) => {
        if (message.type() === 'error') watch.errors.push(message.text());
      };
      page.context().on('request', asked);
      page.on('pageerror', failed).on('console', said);
      await use(watch);
      page.context().off('request', asked);
      page.off('pageerror', failed).off('console', said);
      expect(watch.foreign, 'requests to other origins').toEqual([]);
      expect(watch.errors, 'errors in the console').toEqual([]);
    },
    { auto: true },
  ],
});

/** As `freshTest`, in the tab that tests share. */
export const test = freshTest.extend(sharedTab);

export function fixture(...path: string[]): string {
  return join(FIXTURES, ...path);
}

/** Opens the app and waits until a sample is explained: without noise, by the network trained on such. */
export async function openApp(page: Page): Promise<void> {
  await page.goto('/#/explain?v=1&volume=1MNF-inf&network=cnn-2-inf');
  await expect(page.getByText(/^Network says /)).toBeVisible();
}

/** Opens the list of volumes with the facts of the one on screen, in place of their pictures. */
export async function openFacts(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Files and facts' }).click();
}

/** What axe finds, one line each; in the page itself, without a report of what it found in order. */
export async function findings(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page })
    .options({ resultTypes: ['violations'], preload: false })
    .setLegacyMode()
    .analyze();
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
}

/** The worker that computes; one that is closed meanwhile never answers. */
export function engineWorker(page: Page): Promise<Worker> {
  return Promise.any(
    page.workers().map(async (worker) => {
      if ((await worker.evaluate(() => self.name)) === 'engine') return worker;
      throw new Error('another worker');
    }),
  );
}

export function classRows(page: Page): Locator {
  return page.getByRole('table', { name: 'Classes' }).locator('tbody tr');
}

/** Drops files from disk on the window, as from a file manager. */
export async function drop(page: Page, ...paths: string[]): Promise<void> {
  const files = paths.map((path) => ({
    name: basename(path),
    base64: readFileSync(path).toString('base64'),
  }));
  const transfer = await page.evaluateHandle((list) => {
    const data = new DataTransfer();
    for (const { name, base64 } of list) {
      const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
      data.items.add(new File([bytes], name));
    }
    return data;
  }, files);
  for (const type of ['dragenter', 'dragover', 'drop']) {
    await page.dispatchEvent('body', type, { dataTransfer: transfer });
  }
}

/** Picks an entry of one of the app's selects. */
export async function choose(page: Page, label: string | RegExp, option: string | RegExp) {
  await page.getByRole('combobox', { name: label, exact: true }).click();
  await page.getByRole('option', { name: option }).first().click();
}

/**
 * What the page saves after an action. Chromium refuses a second file of a page that comes long after the
 * click: every call into the page counts as one.
 */
export async function downloaded(page: Page, action: () => Promise<void>): Promise<Download> {
  const waiting = page.waitForEvent('download', { timeout: 200_000 });
  waiting.catch(() => undefined);
  await action();
  const clicking = setInterval(() => page.evaluate(() => undefined).catch(() => undefined), 2000);
  return waiting.finally(() => clearInterval(clicking));
}

/** The heatmap of a method, saved as MRC by its button. */
export async function saveHeatmap(page: Page, method: string): Promise<Uint8Array> {
  const download = await downloaded(page, () => pick(page, `More for ${method}`, 'Save as MRC'));
  return new Uint8Array(readFileSync(await download.path()));
}

/** Chooses an entry of a menu. */
export async function pick(page: Page, menu: string, entry: string | RegExp): Promise<void> {
  await page.getByRole('button', { name: menu, exact: true }).click();
  await page.getByRole('menuitem', { name: entry }).first().click();
}

/** What an entry of the Share menu saves. */
export function share(page: Page, entry: string | RegExp): Promise<Download> {
  return downloaded(page, () => pick(page, 'Share', entry));
}

/** The picture as the dialog saves it. */
export async function savePicture(page: Page, format: 'PNG' | 'SVG' | 'PDF'): Promise<Download> {
  await pick(page, 'Share', /^Picture/);
  const dialog = page.getByRole('dialog', { name: 'Picture' });
  await dialog.getByRole('radio', { name: format }).click();
  return downloaded(page, () => dialog.getByRole('button', { name: `Save as ${format}` }).click());
}

/** A picture of an element once two in a row are the same. */
export async function settled(element: Locator): Promise<Buffer> {
  let last = await element.screenshot();
  await expect
    .poll(async () => {
      const before = last;
      last = await element.screenshot();
      return last.equals(before);
    })
    .toBe(true);
  return last;
}
