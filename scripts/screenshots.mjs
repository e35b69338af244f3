/** Takes the pictures of the README anew: `npm run screenshots`. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './setup.mjs';
import { withApp } from './with-app.mjs';

const folder = join(root, 'docs', 'images');
mkdirSync(folder, { recursive: true });
await withApp(async (browser, address) => {
  for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, colorScheme });
    await page.goto(address);
    await page.getByRole('table', { name: 'Classes' }).locator('tbody tr').nth(22).waitFor();
    // Surfaces come from a worker and software rendering takes its time.
    await page.waitForTimeout(6000);
    const name = colorScheme === 'light' ? 'first-screen' : 'first-screen-dark';
    await page.screenshot({ path: join(folder, `${name}.png`) });
    await page.close();
  }
});
