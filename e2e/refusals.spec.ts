import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { classRows, drop, expect, fixture, openApp, test } from './app.ts';

const SIDECARS: readonly (readonly [what: string, sidecar: string, words: RegExp])[] = [
  ['null', 'null', /respond-cam\.json: this is null; accepted: a JSON object/],
  ['an object as title', '{"title":{"a":1}}', /"title" is an object; accepted: text of one line/],
  ['objects as classes', '{"classes":[{},{},{},{},{}]}', /"classes\[0\]" is an object; accepted/],
  ['an absurd voxel size', '{"voxelSize":4294967296}', /"voxelSize" is 4294967296; accepted/],
];

test('what cannot be opened is refused in a sentence, and nothing is lost', async ({
  page,
}, info) => {
  await openApp(page);
  const before = await classRows(page).first().textContent();
  const said = (words: string | RegExp) =>
    expect(page.getByRole('alert').filter({ hasText: words })).toBeVisible();
  const unchanged = async () => expect(await classRows(page).first().textContent()).toBe(before);
  const folder = fixture('cam', 'tiny_cnn2', 'tfjs');
  const made = (name: string, content: string) => {
    const path = info.outputPath(name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
    return path;
  };

  await test.step('a volume with an impossible header', async () => {
    await drop(page, fixture('mrc', 'generated-with-mrcfile', 'bad_huge_nx.mrc'));
    await said(/bad_huge_nx\.mrc.*accepted/);
    await unchanged();
  });

  for (const [what, text, words] of SIDECARS) {
    await test.step(`a network whose respond-cam.json holds ${what}`, async () => {
      const sidecar = made('respond-cam.json', text);
      await drop(page, `${folder}/model.json`, `${folder}/weights.bin`, sidecar);
      await said(words);
      await unchanged();
    });
  }

  await test.step('a network that cannot be differentiated', async () => {
    await drop(page, fixture('import-bad/quantised.onnx'));
    await said(/quantised\.onnx: a quantised network/);
    await unchanged();
  });

  await test.step('a network without its weights', async () => {
    await drop(page, `${folder}/model.json`);
    await said('weight file');
    await unchanged();
  });

  await test.step('a damaged session', async () => {
    await drop(page, made('broken.respond-cam', 'PK not really'));
    await said(/broken\.respond-cam.*accepted: a session/);
    await unchanged();
  });

  await test.step('a file of another kind, chosen in the dialog', async () => {
    const network = page.getByRole('combobox', { name: /^Network/ });
    await network.click();
    const [chooser] = await Promise.all([
      page.waitForEvent('filechooser'),
      page.getByRole('option', { name: 'Open a network…' }).click(),
    ]);
    await chooser.setFiles(made('net.onnx', 'x'));
    await expect(page.getByText(/^net\.onnx: not readable as ONNX/)).toBeVisible();
    await expect(network).toContainText('CNN-2, noise-free');
    await unchanged();
  });

  await test.step('a file that can be opened takes the sentences away', async () => {
    await drop(page, fixture('mrc', 'generated-with-mrcfile', 'subtomo40_f32.mrc'));
    await expect(page.getByRole('combobox', { name: 'Volume', exact: true })).toContainText(
      'subtomo40_f32',
    );
    await expect(page.getByRole('alert')).toHaveCount(0);
  });
});
