/**
 * `npm run bench -- --device [--small]`: measures WebAssembly and, where the browser has it, WebGPU in a browser of this
 * machine and prints one table. A browser of one's own is taken with `CHROME_PATH`.
 */
import { existsSync } from 'node:fs';
import { cpus } from 'node:os';
import { chromium, type Page } from '@playwright/test';
import { ensureBrowser } from '../../scripts/browser.mjs';
import { pageScript } from '../browser/script.ts';
import { serveFolders } from '../browser/server.ts';
import type { DeviceAnswer, DeviceRequest, DeviceRow } from './messages.ts';

const HARDWARE =
  existsSync('/dev/dri') || existsSync('/dev/nvidia0') || process.platform !== 'linux';
const SOFTWARE = [
  '--use-webgpu-adapter=swiftshader',
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
];

const TARGETS =
  'Aims on a graphics card: 10x TensorFlow.js, 30% of the matrix product’s rate, CNN-1 explained within 10 ms.';

const SIZES = { edge: 40, product: 2048, runs: 9, networks: ['cnn-2', 'cnn-1'] } as const;
/** For drivers that compute on the processor, and for a look at whether it runs. */
const SMALL = { edge: 8, product: 128, runs: 1, stock: 'operations', networks: ['cnn-2'] } as const;

export async function deviceBench({ small }: { readonly small: boolean }): Promise<void> {
  const script = await pageScript('bench/device/worker.ts');
  const tfjs = 'node_modules/@tensorflow/tfjs-backend-wasm/dist';
  const server = await serveFolders(
    { tfjs },
    { '/': '<!doctype html><title>device</title>', '/worker.js': script },
  );
  const browser = await chromium.launch({
    executablePath: await ensureBrowser(),
    args: ['--no-sandbox', '--enable-unsafe-webgpu', ...(HARDWARE ? [] : SOFTWARE)],
  });
  try {
    print(`${cpus()[0]?.model}, ${cpus().length} cores; Chromium ${browser.version()}`);
    print(
      '',
      '| backend | what | this project | TensorFlow.js | times | GFLOP/s | of matMul |',
      '|---|---|---:|---:|---:|---:|---:|',
    );
    for (const backend of ['wasm', 'webgpu'] as const) {
      const page = await browser.newPage();
      await page.goto(server.url);
      const slow = small || (backend === 'webgpu' && !HARDWARE);
      // TensorFlow.js's convolutions on WebAssembly take minutes.
      const large = { ...SIZES, stock: backend === 'webgpu' ? 'all' : 'none' } as const;
      await run(page, { ...(slow ? SMALL : large), backend }, (answer) => {
        if ('row' in answer) print(line(backend, answer.row));
        else if ('device' in answer) process.stderr.write(`${backend}: ${answer.device}\n`);
        else if ('error' in answer) process.stderr.write(`${backend}: left out, ${answer.error}\n`);
      });
      await page.close();
    }
    print('', TARGETS);
  } finally {
    await browser.close();
    server.close();
  }
}

const print = (...lines: string[]) => process.stdout.write(`${lines.join('\n')}\n`);

function line(backend: string, { name, ms, stock, rate, share }: DeviceRow): string {
  const number = (value: number | undefined, unit: string) =>
    value === undefined ? '' : `${value >= 100 ? Math.round(value) : value.toPrecision(3)}${unit}`;
  const cells = [
    ...[backend, name, number(ms, ' ms'), number(stock, ' ms')],
    ...[number(stock && stock / ms, 'x'), number(rate, '')],
    share === undefined ? '' : `${(100 * share).toFixed(0)}%`,
  ];
  return `| ${cells.join(' | ')} |`;
}

/** Hands the worker's answers on until it is done. */
async function run(
  page: Page,
  request: DeviceRequest,
  hear: (answer: DeviceAnswer) => void,
): Promise<void> {
  await page.exposeFunction('hear', hear);
  await page.evaluate(
    (asked) =>
      new Promise<void>((done) => {
        const worker = new Worker('/worker.js', { type: 'module' });
        const { hear: report } = window as unknown as { hear(answer: unknown): Promise<void> };
        worker.onerror = ({ message }) => void report({ error: message }).then(() => done());
        worker.onmessage = async ({ data }) => {
          await report(data);
          if ('done' in data || 'error' in data) done();
        };
        worker.postMessage(asked);
      }),
    request,
  );
}
