import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { bundle } from '../../scripts/bundle.mjs';
import { installOwnPackages } from './own-packages.ts';
import type { Answer, Request } from './protocol.ts';

export const ENGINES = ['own', 'stock', 'ort', 'torch'] as const;
export type EngineId = (typeof ENGINES)[number];

/** One call may take this long, ms; then its process is ended and the figure is left out. */
const PATIENCE = 120_000;

/** How to start each engine that this machine has; for the others, why not. */
export interface Engines {
  readonly commands: ReadonlyMap<EngineId, readonly string[]>;
  readonly left: readonly string[];
}

let found: Promise<Engines> | undefined;

export function findEngines(): Promise<Engines> {
  found ??= find();
  return found;
}

async function find(): Promise<Engines> {
  const scriptOf = async (name: string) => fileURLToPath(await bundle(`bench/compare/${name}.ts`));
  const tfjs = await scriptOf('tfjs');
  const commands = new Map<EngineId, readonly string[]>([
    ['own', [process.execPath, tfjs, 'own']],
    ['stock', [process.execPath, tfjs, 'stock']],
  ]);
  const left: string[] = [];
  const missing = installOwnPackages();
  if (missing) left.push(`rows of ONNX Runtime Web: ${missing}`);
  else commands.set('ort', [process.execPath, await scriptOf('ort')]);
  const python = process.env.PYTHON ?? 'python3';
  if (spawnSync(python, ['-c', 'import torch']).status === 0) {
    commands.set('torch', [python, join('bench', 'compare', 'torch_engine.py')]);
  } else {
    left.push(`rows of PyTorch: ${python} has no torch; PYTHON names another interpreter`);
  }
  return { commands, left };
}

/** One engine in a process of its own, which waits between requests. */
export class EngineProcess {
  private readonly child: ChildProcess;
  private readonly lines: AsyncIterator<string>;
  private errors = '';
  /** Bytes, of the last answer. */
  peak = 0;

  constructor([file, ...args]: readonly string[]) {
    // glibc's OpenMP threads of PyTorch would otherwise spin while the next engine is measured.
    const env = { ...process.env, OMP_WAIT_POLICY: 'PASSIVE', TF_CPP_MIN_LOG_LEVEL: '3' };
    this.child = spawn(file, args, { stdio: ['pipe', 'pipe', 'pipe'], env });
    this.child.stderr?.on('data', (data) => {
      this.errors = `${this.errors}${data}`.slice(-2000);
    });
    this.child.stdin?.on('error', () => undefined); // the missing answer reports it
    this.lines = createInterface({ input: this.child.stdout! })[Symbol.asyncIterator]();
  }

  /** Rejects with what went wrong, also when the process ends or takes too long. */
  async ask(request: Request): Promise<Answer> {
    this.child.stdin?.write(`${JSON.stringify(request)}\n`);
    const timer = setTimeout(() => this.child.kill('SIGKILL'), PATIENCE);
    try {
      for (;;) {
        const { value, done } = await this.lines.next();
        if (done) throw new Error(this.lastWords());
        if (!value.startsWith('{')) continue;
        const answer = JSON.parse(value) as Answer;
        if (answer.error) throw new Error(answer.error);
        this.peak = answer.peak;
        return answer;
      }
    } finally {
      clearTimeout(timer);
    }
  }

  close(): void {
    this.child.kill('SIGKILL');
  }

  private lastWords(): string {
    const last = this.errors.trim().split('\n').at(-1);
    return `the process ended${last ? ` (${last})` : ` or took more than ${PATIENCE / 1000} s`}`;
  }
}
