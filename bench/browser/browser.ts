import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { chromium, type Page } from '@playwright/test';
import { ensureBrowser } from '../../scripts/browser.mjs';
import { installOwnPackages } from '../compare/own-packages.ts';
import { withPrepared } from '../compare/prepare.ts';
import { ABOUT, type NetworkId } from '../compare/specs.ts';
import type { Part, Row } from '../rows.ts';
import type { PageAnswer, PageRequest } from './messages.ts';
import { pageScript } from './script.ts';
import { serveFolders } from './server.ts';

type Entry = Omit<Extract<PageRequest, { do: 'load' }>, 'do' | 'threads'> & {
  /** Timed runs; the first of more than one is not counted. */
  readonly runs: number;
};

const HARDWARE =
  existsSync('/dev/dri') || existsSync('/dev/nvidia0') || process.platform !== 'linux';
/** A software GPU takes seconds to minutes for the kernels of others. */
const ONCE = HARDWARE ? 6 : 1;

const ENTRIES: Readonly<Partial<Record<NetworkId, readonly Entry[]>>> = {
  'cnn-2': [
    { engine: 'own', backend: 'wasm', runs: 8 },
    { engine: 'ort', backend: 'wasm', runs: 8 },
    { engine: 'stock', backend: 'wasm', runs: 1 },
    { engine: 'own', backend: 'webgpu', runs: HARDWARE ? 8 : 3 },
    { engine: 'ort', backend: 'webgpu', runs: ONCE },
    { engine: 'stock', backend: 'webgpu', runs: ONCE },
  ],
  'cnn-1': [
    { engine: 'own', backend: 'wasm', runs: 6 },
    { engine: 'ort', backend: 'wasm', runs: 6 },
    ...(HARDWARE
      ? ([
          { engine: 'own', backend: 'webgpu', runs: 8 },
          { engine: 'ort', backend: 'webgpu', runs: 8 },
          { engine: 'stock', backend: 'webgpu', runs: 3 },
        ] as const)
      : []),
  ],
};

const PATIENCE = 90_000;

/** Forward passes in headless Chromium, each engine in a worker of a page of its own, in turns. */
export async function browserBench(): Promise<Part> {
  const missing = installOwnPackages();
  const script = await pageScript('bench/browser/worker.ts');
  const software = [
    '--use-webgpu-adapter=swiftshader',
    '--use-angle=swiftshader',
    '--enable-unsafe-swiftshader',
  ];
  const browser = await chromium.launch({
    executablePath: await ensureBrowser(),
    args: ['--no-sandbox', '--enable-unsafe-webgpu', ...(HARDWARE ? [] : software)],
  });
  const rows: Row[] = [];
  const left: string[] = missing ? [`rows of ONNX Runtime Web: ${missing}`] : [];
  const about: Record<string, string> = { browser: `Chromium ${browser.version()}` };
  try {
    for (const [id, entries] of Object.entries(ENTRIES) as [NetworkId, readonly Entry[]][]) {
      await withPrepared({ kind: 'network', id }, 1, async (files) => {
        const ort = 'bench/node_modules/onnxruntime-web/dist';
        const tfjs = 'node_modules/@tensorflow/tfjs-backend-wasm/dist';
        const server = await serveFolders(
          { files, ort, tfjs },
          { '/': '<!doctype html><title>bench</title>', '/worker.js': script },
        );
        try {
          for (const backend of ['wasm', 'webgpu'] as const) {
            const some = entries.filter((entry) => entry.backend === backend);
            const context = await browser.newContext();
            rows.push(
              ...(await turns(id, some, await pages(context, server.url, some), about, left)),
            );
            await context.close();
          }
        } finally {
          server.close();
        }
      });
    }
  } finally {
    await browser.close();
  }
  return { rows, about, left };
}

async function pages(
  context: { newPage(): Promise<Page> },
  url: string,
  entries: readonly Entry[],
): Promise<Page[]> {
  const opened: Page[] = [];
  for (const _ of entries) {
    const page = await context.newPage();
    await page.goto(url);
    opened.push(page);
  }
  return opened;
}

async function turns(
  id: NetworkId,
  entries: readonly Entry[],
  opened: readonly Page[],
  about: Record<string, string>,
  left: string[],
): Promise<Row[]> {
  const times = entries.map((): number[] => []);
  const failed = new Set<number>();
  const attempt = async (i: number, request: PageRequest): Promise<PageAnswer> => {
    const answer = await ask(opened[i], request).catch(
      (error) => ({ error: String(error) }) as PageAnswer,
    );
    if (answer.error) {
      failed.add(i);
      left.push(
        `${id}, ${entries[i].engine} on ${entries[i].backend}: ${answer.error.split('\n')[0]}`,
      );
    }
    return answer;
  };
  for (const [i, { engine, backend }] of entries.entries()) {
    const threads = availableParallelism();
    const { device } = await attempt(i, { do: 'load', engine, backend, threads });
    if (device) about[`${engine} on ${backend}`] = device;
  }
  const rounds = Math.max(0, ...entries.map(({ runs }) => runs));
  for (let round = 0; round < rounds; round++) {
    for (const [i, { runs }] of entries.entries()) {
      if (failed.has(i) || round >= runs) continue;
      const { ms } = await attempt(i, { do: 'run' });
      if (ms !== undefined && (round > 0 || runs === 1)) times[i].push(ms);
    }
  }
  return entries.flatMap(({ engine, backend }, i): Row[] => {
    if (times[i].length === 0) return [];
    const value = times[i].sort((a, b) => a - b)[times[i].length >> 1];
    process.stderr.write(`Chromium, ${id}, ${engine} on ${backend}: ${value.toFixed(0)} ms\n`);
    const name = `Chromium, ${ABOUT[id].title} forward, ${engine} on ${backend}`;
    return [{ name, value, unit: 'ms', of: { network: id, engine, backend } }];
  });
}

async function ask(page: Page, request: PageRequest): Promise<PageAnswer> {
  const answer = page.evaluate(async (message) => {
    const holder = globalThis as unknown as { worker?: Worker };
    holder.worker ??= new Worker('/worker.js', { type: 'module' });
    const { worker } = holder;
    return new Promise<PageAnswer>((resolve, reject) => {
      worker.onmessage = ({ data }) => resolve(data as PageAnswer);
      worker.onerror = (event) => reject(new Error(event.message));
      worker.postMessage(message);
    });
  }, request);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`more than ${PATIENCE / 1000} s`)), PATIENCE);
  });
  return Promise.race([answer, late]).finally(() => clearTimeout(timer));
}
