/** Takes the pictures of the README anew: `npm run screenshots`. */
import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from '@playwright/test';
import { ensureBuilt } from './app-build.mjs';
import { ensureBrowser } from './browser.mjs';
import { root } from './setup.mjs';

const PORT = 4198;
const folder = join(root, 'docs', 'images');
mkdirSync(folder, { recursive: true });
ensureBuilt();
const server = spawn(
  process.execPath,
  [join(root, 'scripts', 'respond-cam.mjs'), 'serve', '--port', String(PORT), '--no-open'],
  { stdio: ['ignore', 'pipe', 'inherit'] },
);
await new Promise((resolve) => server.stdout.once('data', resolve));
const browser = await chromium.launch({
  executablePath: await ensureBrowser(),
  args: [
    '--no-sandbox',
    '--use-gl=angle',
    '--use-angle=swiftshader',
    '--enable-unsafe-swiftshader',
  ],
});
try {
  for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, colorScheme });
    await page.goto(`http://127.0.0.1:${PORT}/`);
    await page.getByRole('table', { name: 'Classes' }).locator('tbody tr').nth(22).waitFor();
    // Surfaces come from a worker and software rendering takes its time.
    await page.waitForTimeout(6000);
    const name = colorScheme === 'light' ? 'first-screen' : 'first-screen-dark';
    await page.screenshot({ path: join(folder, `${name}.png`) });
    await page.close();
  }
} finally {
  await browser.close();
  server.kill();
}
