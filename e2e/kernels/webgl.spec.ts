import { build } from 'esbuild';
import { expect, test } from '../app.ts';
import type {} from './page.ts';

test('WebGL kernels agree with their CPU twins', async ({ page }) => {
  test.setTimeout(300_000);
  const { outputFiles } = await build({
    entryPoints: ['e2e/kernels/page.ts'],
    bundle: true,
    write: false,
    format: 'iife',
    target: 'es2022',
    logLevel: 'error',
  });
  await page.setContent('<!doctype html><title>kernels</title>');
  await page.addScriptTag({ content: outputFiles[0].text });
  const { device, checked, tensors } = await page.evaluate(() => checkWebglKernels());
  const count = checked.reduce((sum, { comparisons }) => sum + comparisons, 0);
  process.stdout.write(`webgl kernels: ${count} GPU comparisons on ${device}\n`);
  // Written so that NaN counts as wrong.
  expect(checked.filter(({ worst, bound }) => !(worst < bound))).toEqual([]);
  expect(tensors).toBe(0);
});
