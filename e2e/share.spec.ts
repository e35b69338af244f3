import { readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import type { Page } from '@playwright/test';
import { unzipSync } from 'fflate';
import { PNG } from 'pngjs';
import { extractText, getDocumentProxy } from 'unpdf';
import { openVolume } from '../src/core/volume/index.ts';
import {
  choose,
  classRows,
  downloaded,
  drop,
  expect,
  findings,
  fixture,
  openApp,
  pick,
  savePicture,
  share,
  test,
} from './app.ts';
import { leave } from './tab.ts';

const SUBTOMOGRAM = fixture('mrc', 'generated-with-mrcfile', 'subtomo40_f32.mrc');

/** What can be read off: pickers, scores, sums, levels. */
async function seen(page: Page) {
  await expect(page.locator('.is-stale')).toHaveCount(0);
  const text = (name: string | RegExp) =>
    page.getByRole('combobox', { name, exact: typeof name === 'string' }).textContent();
  return {
    volume: await text('Volume'),
    network: await text(/^Network/),
    layer: await text('Layer to explain'),
    chosen: await text('Class to explain'),
    methods: [await text('Method of panel 1'), await text('Method of panel 2')],
    rows: await classRows(page).allTextContents(),
    levels: await page.getByLabel('Contour levels, magnitudes').inputValue(),
  };
}

/** Another layer, class, method and levels than usual. */
async function chooseMuch(page: Page): Promise<void> {
  await choose(page, 'Layer to explain', 'conv4');
  await expect(page.locator('.is-stale')).toHaveCount(0);
  await classRows(page).nth(2).getByRole('button').click();
  await choose(page, 'Method of panel 1', 'HiResCAM');
  const levels = page.getByLabel('Contour levels, magnitudes');
  await levels.fill('25 50');
  await levels.press('Enter');
}

test('a picture opens its comparison again, with the volume inside', async ({ page }, info) => {
  await openApp(page);
  await drop(page, SUBTOMOGRAM);
  await expect(page.getByRole('combobox', { name: 'Volume', exact: true })).toContainText(
    'subtomo',
  );
  await chooseMuch(page);
  const before = await seen(page);
  const download = await savePicture(page, 'PNG');
  expect(download.suggestedFilename()).toMatch(/^subtomo40_f32\.conv4\..*\.png$/);
  const path = info.outputPath(download.suggestedFilename());
  await download.saveAs(path);

  await leave(page);
  await openApp(page);
  await drop(page, path);
  await expect(page.getByRole('combobox', { name: 'Volume', exact: true })).toContainText(
    'subtomo',
  );
  await expect(classRows(page)).toHaveCount(23);
  await expect.poll(() => seen(page)).toEqual(before);
});

test('a session file brings volumes and networks along', async ({ page }, info) => {
  await openApp(page);
  const folder = fixture('cam', 'tiny_cnn2', 'tfjs');
  await drop(page, `${folder}/model.json`, `${folder}/weights.bin`);
  await page.getByRole('button', { name: 'Crop or pad' }).click();
  await expect(classRows(page)).toHaveCount(5);
  const before = await classRows(page).allTextContents();
  const session = await share(page, 'Save the session');
  expect(session.suggestedFilename()).toMatch(/\.respond-cam$/);
  const path = info.outputPath(session.suggestedFilename());
  await session.saveAs(path);
  const picture = await savePicture(page, 'PNG');
  const png = info.outputPath('figure.png');
  await picture.saveAs(png);

  // The picture only names the network, which the session brings along.
  await leave(page);
  await openApp(page);
  await drop(page, png);
  await expect(page.getByRole('alert')).toContainText('figure.png needs the network');
  await expect(page.getByRole('alert')).toContainText('model.json');
  await expect(classRows(page)).toHaveCount(23);
  await drop(page, path);
  await expect(classRows(page)).toHaveCount(5);
  await expect.poll(() => classRows(page).allTextContents()).toEqual(before);
});

test('going back takes back what the address says, which shows the same elsewhere', async ({
  page,
  context,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await openApp(page);
  await expect(page).toHaveURL(/#\/explain\?v=1&volume=[\w.-]+&network=[\w.-]+$/);
  const first = page.url();
  const usual = await seen(page);
  await chooseMuch(page);
  await expect(page).toHaveURL(/layer=conv4.*maps=hirescam,respond.*levels=percent,25,50/);
  const before = await seen(page);
  await pick(page, 'Share', 'Copy link');
  await expect(page.getByText('The link was copied.')).toBeVisible();
  const link = await page.evaluate(() => navigator.clipboard.readText());
  expect(link.length).toBeLessThan(200);

  for (let there = link; there !== first; there = page.url()) {
    await page.goBack();
    await expect.poll(() => page.url()).not.toBe(there);
  }
  await expect
    .poll(async () => ({ ...(await seen(page)), levels: '' }))
    .toEqual({ ...usual, levels: '' });
  await page.goForward();
  const layer = page.getByRole('combobox', { name: 'Layer to explain' });
  await expect(layer).toContainText('conv4');

  await test.step('going back is not undone by what is shown before the browser says so', async () => {
    const levels = page.getByLabel('Contour levels, magnitudes');
    await page.evaluate((address) => history.replaceState(null, '', address), first);
    await levels.fill('40 80');
    await levels.press('Enter');
    // Longer than the app waits before it writes what is shown.
    await page.evaluate(() => new Promise((done) => setTimeout(done, 600)));
    expect(page.url()).toBe(first);
    await page.evaluate(() => dispatchEvent(new HashChangeEvent('hashchange')));
    await expect(layer).toContainText('maxpool2');
  });

  await leave(page);
  await page.goto(link);
  await expect(classRows(page)).toHaveCount(23);
  await expect.poll(() => seen(page)).toEqual(before);
});

test('links of earlier versions work, and a link says what it cannot name', async ({
  page,
  context,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.goto('/#/explain?network=cnn-2-inf&layer=conv3&method=hirescam');
  await expect(classRows(page)).toHaveCount(23);
  await expect(page.getByRole('combobox', { name: 'Layer to explain' })).toContainText('conv3');
  await expect(page.getByRole('combobox', { name: 'Method of panel 2' })).toContainText('HiResCAM');
  await drop(page, SUBTOMOGRAM);
  await expect(page.getByRole('combobox', { name: 'Volume', exact: true })).toContainText(
    'subtomo',
  );
  await expect(page.locator('.is-stale')).toHaveCount(0);
  await pick(page, 'Share', 'Copy link');
  await expect(
    page.getByText(/A link cannot say this: subtomo40_f32.mrc is on this machine/),
  ).toBeVisible();
});

test('a reload comes back to what was shown, own files included, or starts fresh', async ({
  page,
}) => {
  await openApp(page);
  await drop(page, SUBTOMOGRAM);
  await expect(page.getByRole('combobox', { name: 'Volume', exact: true })).toContainText(
    'subtomo',
  );
  await chooseMuch(page);
  await page.getByRole('button', { name: 'Strip of layers' }).click();
  await page.getByRole('button', { name: /^Theme/ }).click();
  const theme = await page.getByRole('button', { name: /^Theme/ }).getAttribute('aria-label');
  const before = await seen(page);
  await page.waitForTimeout(2500);
  await page.reload();
  await expect(page.getByText('This is what was shown last.')).toBeVisible();
  await expect(classRows(page)).toHaveCount(23);
  await expect.poll(() => seen(page)).toEqual(before);
  await expect(page.getByRole('button', { name: theme! })).toBeVisible();
  const strip = page.getByRole('button', { name: 'Strip of layers' });
  await expect(strip).toHaveAttribute('aria-pressed', 'false');
  await pick(page, 'Share', /^Start fresh/);
  await expect(page.getByText(/^Network says /)).toBeVisible();
  await expect(page.getByRole('combobox', { name: 'Volume', exact: true })).not.toContainText(
    'subtomo',
  );
  expect(await page.getByText('This is what was shown last.').count()).toBe(0);
});

async function lineDrawings(page: Page): Promise<void> {
  const svg = readFileSync(await (await savePicture(page, 'SVG')).path(), 'utf8');
  const parsed = await page.evaluate((text) => {
    const xml = new DOMParser().parseFromString(text, 'image/svg+xml');
    const texts = Array.from(xml.querySelectorAll('text'), (node) => node.textContent);
    return {
      error: xml.querySelector('parsererror')?.textContent ?? null,
      width: xml.documentElement.getAttribute('width'),
      images: xml.querySelectorAll('image').length,
      paths: xml.querySelectorAll('path').length,
      texts,
    };
  }, svg);
  expect(parsed).toMatchObject({ error: null, width: '180mm' });
  expect(parsed.texts).toEqual(expect.arrayContaining(['Grad-CAM', 'Respond-CAM', 'for class']));
  expect(parsed.texts.join(' ')).toMatch(/Maps of \d+³ voxels of \d+ nm/);
  expect(parsed.images).toBeGreaterThanOrEqual(12);
  expect(parsed.paths).toBeGreaterThan(40);

  const pdf = readFileSync(await (await savePicture(page, 'PDF')).path());
  const document = await getDocumentProxy(new Uint8Array(pdf));
  const { text } = await extractText(document, { mergePages: true });
  for (const word of ['Grad-CAM', 'Respond-CAM', 'Contours at ± 10', 'against class', 'cosine']) {
    expect(text).toContain(word);
  }
}

test('the picture dialog shows what it saves, and what to look at before', async ({
  page,
  context,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await openApp(page);
  await test.step('pictures of lines are valid, with their text as text', () => lineDrawings(page));

  await page.keyboard.press('s');
  const dialog = page.getByRole('dialog', { name: 'Picture' });
  await dialog.getByRole('radio', { name: 'PNG' }).click();
  await expect(dialog.getByRole('img', { name: 'Preview' })).toBeVisible();
  const checks = dialog.getByRole('list', { name: 'Before saving' });
  await expect(checks).toContainText('The scale bars are in it.');
  await dialog.getByRole('switch', { name: 'Scale bars' }).click();
  await expect(checks).toContainText('Without a scale bar');
  await dialog.getByRole('radio', { name: 'Transparent' }).click();
  await dialog.getByRole('checkbox', { name: 'Input' }).uncheck();
  await dialog.getByLabel('Width in millimetres').fill('85');
  await dialog.getByLabel('Width in millimetres').press('Enter');
  expect(await findings(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Copy' }).click();
  await expect(dialog.getByRole('status')).toHaveText('Copied.');
  const download = await downloaded(page, () =>
    dialog.getByRole('button', { name: 'Save as PNG' }).click(),
  );
  const { width, data } = PNG.sync.read(readFileSync(await download.path()));
  expect(width).toBe(Math.round((85 / 25.4) * 300));
  expect(data[3], 'the ground is clear').toBe(0);
  await expect(dialog).toBeHidden();
});

async function filesForOthers(page: Page): Promise<void> {
  const saved = async (entry: string) => {
    const download = await downloaded(page, () =>
      pick(page, 'More for Respond-CAM', `Save as ${entry}`),
    );
    return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) };
  };
  const glb = await saved('GLB');
  expect(glb.bytes.readUInt32LE(8)).toBe(glb.bytes.length);
  const { volume: map } = openVolume(new Uint8Array((await saved('MRC')).bytes), 'a.mrc');
  expect(map).toMatchObject({ shape: [40, 40, 40], voxelSize: [10, 10, 10] });
  expect(Math.max(...map.data)).toBeGreaterThan(0);
  const json = JSON.parse(glb.bytes.subarray(20, 20 + glb.bytes.readUInt32LE(12)).toString());
  expect(json.nodes.length).toBeGreaterThan(2);
  expect(json.nodes.map(({ name }: { name: string }) => name)).toContain('density');
  for (const { min, max } of json.accessors.filter(({ min: low }: { min?: number[] }) => low)) {
    // World coordinates: within the box of the volume, whose voxels are 10 Å wide.
    for (const axis of [0, 1, 2]) {
      expect(min[axis]).toBeGreaterThanOrEqual(map.origin[axis]);
      expect(max[axis]).toBeLessThanOrEqual(map.origin[axis] + 390);
    }
  }
  const stl = await saved('STL');
  expect(stl.bytes.length).toBe(84 + 50 * stl.bytes.readUInt32LE(80));
  const npy = openVolume(new Uint8Array((await saved('NPY')).bytes), 'a.npy');
  expect(npy.volume.shape).toEqual([5, 5, 5]);

  const chimera = await saved('ChimeraX');
  const files = unzipSync(new Uint8Array(chimera.bytes));
  const [script] = Object.keys(files).filter((name) => name.endsWith('.cxc'));
  const commands = Buffer.from(files[script]).toString();
  const opened = Array.from(commands.matchAll(/^open "([^"]+)"/gm), ([, name]) => name);
  expect(opened).toHaveLength(2);
  for (const name of opened) {
    expect(openVolume(files[name], name).volume.voxelSize).toEqual([10, 10, 10]);
  }
  expect(commands).toMatch(/^volume #102 style surface step 1 level .* color #[0-9a-f]{8}/m);

  const csv = readFileSync(await (await share(page, /table of classes/)).path(), 'utf8');
  const lines = csv.trim().split('\n');
  expect(lines[0]).toBe('class,name,predicted,score,probability,sum_grad,sum_respond');
  expect(lines.filter((line) => /^\d+,/.test(line))).toHaveLength(23);
}

test('surfaces, maps and tables are what other programs read; the page that turns needs nothing else', async ({
  page,
  context,
}, info) => {
  await openApp(page);
  await test.step('files of other programs', () => filesForOthers(page));

  const download = await share(page, /page that turns/);
  const path = info.outputPath('comparison.html');
  await download.saveAs(path);
  const data = (await page.request.fetch(page.url())).ok();
  expect(data).toBe(true);
  const other = await context.browser()!.newContext({ offline: true });
  const file = await other.newPage();
  const asked: string[] = [];
  const errors: string[] = [];
  file.on('request', (request) => asked.push(request.url()));
  file.on('pageerror', (error) => errors.push(error.message));
  file.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
  await file.goto(pathToFileURL(path).href);
  const view = file.getByRole('application', { name: /^Respond-CAM in 3D/ });
  await expect(view).toBeVisible();
  const colours = () =>
    view.evaluate((canvas: HTMLCanvasElement) => {
      const { data: pixels } = canvas
        .getContext('2d')!
        .getImageData(0, 0, canvas.width, canvas.height);
      let sum = 0;
      for (let i = 0; i < pixels.length; i += 4) sum = (sum * 31 + pixels[i] + pixels[i + 3]) % 1e9;
      return { sum, drawn: pixels.filter((value, i) => i % 4 === 3 && value > 0).length };
    });
  await expect.poll(async () => (await colours()).drawn).toBeGreaterThan(5000);
  const before = await colours();
  await view.focus();
  await view.press('ArrowLeft');
  await expect.poll(async () => (await colours()).sum).not.toBe(before.sum);
  await expect(file.getByRole('heading', { name: 'Grad-CAM' })).toBeVisible();
  await expect(file.getByRole('table')).toContainText('GroEL');
  expect(asked.filter((url) => !/^(file|data):/.test(url))).toEqual([]);
  expect(errors).toEqual([]);
  await file.screenshot({ path: info.outputPath('comparison.png') });
  await other.close();
});

test('the film turns once and can be played', async ({ page, context }, info) => {
  // A hundred frames are drawn in software: of the input and one small panel, with one level.
  await page.setViewportSize({ width: 320, height: 400 });
  const shown = 'volume=1MNF-inf&network=cnn-2-inf&maps=respond&levels=percent,60';
  await page.goto(`/#/explain?v=1&${shown}`);
  await expect(page.getByText(/^Network says /)).toBeVisible();
  const download = await share(page, /^Film one turn/);
  expect(download.suggestedFilename()).toMatch(/\.webm$/);
  const path = info.outputPath('turn.webm');
  await download.saveAs(path);
  // Not of the app's origin, whose policy has no films in it.
  const player = await context.newPage();
  const base64 = readFileSync(path).toString('base64');
  const film = await player.evaluate(async (data) => {
    const video = document.createElement('video');
    video.src = `data:video/webm;base64,${data}`;
    await new Promise((resolve, reject) => {
      video.onloadeddata = resolve;
      video.onerror = () => reject(new Error(video.error?.message));
    });
    video.currentTime = 3;
    await new Promise((resolve) => {
      video.onseeked = resolve;
    });
    return { duration: video.duration, width: video.videoWidth, at: video.currentTime };
  }, base64);
  expect(film.duration).toBeCloseTo(5, 1);
  expect(film.width).toBeGreaterThan(200);
  expect(film.at).toBeCloseTo(3, 1);
});

test('a structure is drawn over the volume, moved, and undone', async ({ page }, info) => {
  await openApp(page);
  const path = info.outputPath('helix.pdb');
  const atom = (i: number) => {
    const at = [20 * Math.cos(i / 3), 20 * Math.sin(i / 3), i - 50].map((v) =>
      v.toFixed(3).padStart(8),
    );
    return `ATOM  ${String(i + 1).padStart(5)}  CA  ALA A${String(i + 1).padStart(4)}    ${at.join('')}  1.00  0.00           C`;
  };
  writeFileSync(path, `${Array.from({ length: 100 }, (_, i) => atom(i)).join('\n')}\nEND\n`);
  const view = page.getByLabel('Input in 3D');
  const before = await view.screenshot();
  await drop(page, path);
  const panel = page.getByRole('region', { name: 'Structure' });
  await expect(panel).toContainText('100 atoms');
  const shift = panel.getByLabel(/^Shift from the middle/);
  const placed = await shift.inputValue();
  await shift.fill('1 2 3');
  await shift.press('Enter');
  await panel.getByRole('button', { name: 'Turn the structure by 10 degrees about z' }).click();
  await page.keyboard.press('Control+z');
  await page.keyboard.press('Control+z');
  await expect(shift).toHaveValue(placed);
  await panel.getByRole('button', { name: 'Centre' }).click();
  await expect(shift).toHaveValue('0  0  0');
  expect((await view.screenshot()).equals(before)).toBe(false);
  await panel.getByRole('button', { name: 'Close helix.pdb' }).click();
  await expect(panel).toHaveCount(0);
});
