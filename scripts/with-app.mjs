import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { chromium } from '@playwright/test';
import { ensureBuilt } from './app-build.mjs';
import { ensureBrowser } from './browser.mjs';
import { root } from './setup.mjs';

const PORT = Number(process.env.PORT ?? 4198);

/**
 * Builds and serves the app, opens a headless browser, and closes both when `use` has ended.
 * @param {(browser: import('@playwright/test').Browser, address: string) => Promise<void>} use
 */
export async function withApp(use) {
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
    await use(browser, `http://127.0.0.1:${PORT}/`);
  } finally {
    await browser.close();
    server.kill();
  }
}
