import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from '@playwright/test';
import { ensureBrowser } from '../../scripts/browser.mjs';
import { pageScript } from '../browser/script.ts';
import { serveFolders } from '../browser/server.ts';
import { EngineProcess, findEngines } from '../compare/engines.ts';
import type { Part, Row } from '../rows.ts';

const NETWORK = 'membrain';
const RUNS = 3;

/** A network of 91 million weights (365 MB, ONNX) opened from a file: by the app's worker in Chromium, and in Node. */
export async function openingBench(): Promise<Part> {
  const { commands, left } = await findEngines();
  const torch = commands.get('torch');
  if (!torch) return { rows: [], left };
  const folder = mkdtempSync(join(tmpdir(), 'respond-cam-bench-'));
  try {
    const script = join('bench', 'real', 'networks.py');
    const made = spawnSync(torch[0], [script, NETWORK, folder, '96'], { encoding: 'utf8' });
    if (made.status !== 0) return { rows: [], left: [`all: ${made.stderr.trim()}`] };
    const rows: Row[] = [];
    for (const [where, open] of [['Chromium', inChromium] as const, ['Node', inNode] as const]) {
      const runs: Opened[] = [];
      for (let run = 0; run < RUNS; run++) runs.push(await open(folder));
      runs.sort((a, b) => a.ms - b.ms);
      const { ms, before, peak } = runs[RUNS >> 1];
      process.stderr.write(
        `${where}: ${ms.toFixed(0)} ms, ${before.toFixed(0)}, ${peak.toFixed(0)} MiB\n`,
      );
      const name = `a network of 91 million weights (348 MiB) opened in ${where}`;
      rows.push({ name, value: ms, unit: 'ms' });
      rows.push({ name: `${name}: memory of the process before`, value: before, unit: 'MiB' });
      rows.push({ name: `${name}: peak memory of the process`, value: peak, unit: 'MiB' });
    }
    return { rows };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Opened {
  readonly ms: number;
  /** MiB. */
  readonly before: number;
  readonly peak: number;
}

async function inNode(folder: string): Promise<Opened> {
  const { commands } = await findEngines();
  const own = new EngineProcess(commands.get('own') as readonly string[]);
  try {
    await own.ask({ do: 'rate', of: 'copy' }).catch(() => undefined);
    const before = own.peak / 2 ** 20;
    const start = performance.now();
    await own.ask({ do: 'load', folder, task: 'explain-one-class' });
    return { ms: performance.now() - start, before, peak: own.peak / 2 ** 20 };
  } finally {
    own.close();
  }
}

/** The file is chosen in a form, as a dropped one is, and lies on the disk until the worker reads it. */
async function inChromium(folder: string): Promise<Opened> {
  const script = await pageScript('bench/browser/open-worker.ts');
  const page = '<!doctype html><title>bench</title><input type="file">';
  const tfjs = 'node_modules/@tensorflow/tfjs-backend-wasm/dist';
  const server = await serveFolders({ tfjs }, { '/': page, '/worker.js': script });
  const browser = await chromium.launch({
    executablePath: await ensureBrowser(),
    args: ['--no-sandbox'],
  });
  try {
    const opened = await browser.newPage();
    await opened.goto(server.url);
    await opened.setInputFiles('input', join(folder, 'network.onnx'));
    const session = await browser.newBrowserCDPSession();
    const memory = async (what: 'VmRSS' | 'VmHWM') => {
      const { processInfo } = await session.send('SystemInfo.getProcessInfo');
      const pages = processInfo.filter(({ type }) => type === 'renderer');
      return Math.max(...pages.map(({ id }) => megabytes(id, what)));
    };
    const before = await memory('VmRSS');
    const { inputShape } = JSON.parse(readFileSync(join(folder, 'about.json'), 'utf8')) as {
      inputShape: number[];
    };
    const { ms, error } = await opened.evaluate(async (shape) => {
      const file = document.querySelector('input')?.files?.[0];
      const worker = new Worker('/worker.js', { type: 'module' });
      return new Promise<{ ms?: number; error?: string }>((resolve) => {
        worker.onmessage = ({ data }) => resolve(data);
        worker.onerror = ({ message }) => resolve({ error: message });
        worker.postMessage({ file, inputShape: shape });
      });
    }, inputShape);
    if (ms === undefined) throw new Error(error);
    return { ms, before, peak: await memory('VmHWM') };
  } finally {
    await browser.close();
    server.close();
  }
}

function megabytes(pid: number, what: 'VmRSS' | 'VmHWM'): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(new RegExp(`${what}:\\s+(\\d+) kB`).exec(status)?.[1] ?? 0) / 1024;
}
