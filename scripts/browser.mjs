import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const INSTALLED = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/opt/google/chrome/chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe',
];

/**
 * The Chromium or Chrome that the tests drive: `CHROME_PATH`, a system browser, or Playwright's own.
 * @returns {Promise<string | undefined>}
 */
export async function findBrowser() {
  const asked = process.env.CHROME_PATH;
  if (asked) return asked;
  const system = INSTALLED.find((path) => existsSync(path));
  if (system) return system;
  const { chromium } = await import('@playwright/test');
  const own = chromium.executablePath();
  return existsSync(own) ? own : undefined;
}

/**
 * Finds the browser or installs one: through Playwright, else (as root on Debian or Ubuntu) from the
 * distribution's packages.
 * @returns {Promise<string>}
 */
export async function ensureBrowser() {
  const found = await findBrowser();
  if (found) return found;
  process.stderr.write('No Chrome or Chromium found; installing one for the tests…\n');
  for (const [command, ...args] of [
    ['npx', 'playwright', 'install', '--with-deps', 'chromium'],
    ['apt-get', 'update'],
    ['apt-get', 'install', '-y', '--no-install-recommends', 'chromium', 'fonts-dejavu-core'],
  ]) {
    spawnSync(command, args, { stdio: ['ignore', 2, 2], shell: process.platform === 'win32' });
    const installed = await findBrowser();
    if (installed) return installed;
  }
  throw new Error('The tests need Chrome or Chromium: install one or set CHROME_PATH.');
}
