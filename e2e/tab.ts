import type { BrowserContext, Page, test } from '@playwright/test';

/** A document of the app's origin in which nothing runs, so that the tab keeps its process. */
const QUIET = '/LICENSES.txt';

/**
 * One tab that the tests of a worker use one after another: its process has the app's code compiled
 * already, which is nearly half of what opening the app costs. Every test gets it without storage,
 * routes, permissions and emulation of the one before; after a failure the worker ends with its tab.
 */
export interface Tab {
  readonly context: BrowserContext;
  readonly page: Page;
}

/** Leaves the app, and all that it has stored, as a browser that has never been there. */
export async function leave(page: Page): Promise<void> {
  await page.goto(QUIET);
  const session = await page.context().newCDPSession(page);
  const { origin } = new URL(page.url());
  await session.send('Storage.clearDataForOrigin', { origin, storageTypes: 'all' });
  await session.detach();
  await page.evaluate(() => sessionStorage.clear());
}

type Fixtures = Parameters<typeof test.extend<{ context: BrowserContext }, { tab: Tab }>>[0];

export const sharedTab: Fixtures = {
  tab: [
    async ({ browser }, use, { project }) => {
      const context = await browser.newContext({ ...project.use });
      await use({ context, page: await context.newPage() });
      await context.close();
    },
    { scope: 'worker' },
  ],
  context: ({ tab }, use) => use(tab.context),
  page: async ({ tab: { context, page }, viewport }, use) => {
    await leave(page);
    if (viewport) await page.setViewportSize(viewport);
    await use(page);
    await page.unrouteAll({ behavior: 'ignoreErrors' });
    await page.emulateMedia({
      media: null,
      colorScheme: null,
      reducedMotion: null,
      forcedColors: null,
    });
    await context.clearPermissions();
    for (const other of context.pages()) if (other !== page) await other.close();
  },
};
