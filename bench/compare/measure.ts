import { type EngineId, EngineProcess, findEngines } from './engines.ts';
import { withPrepared } from './prepare.ts';
import { COPY_BYTES, type Task } from './protocol.ts';
import { type Spec, specName } from './specs.ts';

/** How often an engine is to run a task on a batch. */
export interface Plan {
  readonly batch: number;
  readonly runs: Readonly<Partial<Record<EngineId, number>>>;
  /** Without a first run that is not counted, where one run takes long. */
  readonly cold?: boolean;
}

export interface Figure {
  readonly engine: EngineId;
  readonly batch: number;
  /** Median wall time, ms. */
  readonly ms: number;
  /** Largest resident memory of the engine's process up to here, bytes. */
  readonly peak: number;
  readonly values: readonly number[];
}

export interface Measured {
  readonly figures: readonly Figure[];
  /** What each engine says it is. */
  readonly about: Readonly<Partial<Record<EngineId, string>>>;
  /** What was left out, and why. */
  readonly left: readonly string[];
}

/**
 * One task on all engines of the plans side by side: each in a process of its own, in turns, one run at a
 * time, so that whatever else the machine does meets them alike.
 */
export function sideBySide(spec: Spec, task: Task, plans: readonly Plan[]): Promise<Measured> {
  const samples = Math.max(...plans.map(({ batch }) => batch));
  return withPrepared(spec, samples, (folder) => inFolder(folder, specName(spec), task, plans));
}

/** The same for a network whose files (see protocol.ts) lie in a folder. */
export async function inFolder(
  folder: string,
  name: string,
  task: Task,
  plans: readonly Plan[],
): Promise<Measured> {
  const { commands } = await findEngines();
  const about: Partial<Record<EngineId, string>> = {};
  const left: string[] = [];
  const running = new Map<EngineId, EngineProcess>();
  const attempt = async <T>(engine: EngineId, work: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await work();
    } catch (error) {
      left.push(`${name}, ${task}, ${engine}: ${(error as Error).message}`);
      running.get(engine)?.close();
      running.delete(engine);
      return undefined;
    }
  };
  try {
    for (const [engine, command] of commands) {
      if (!plans.some(({ runs }) => runs[engine])) continue;
      const process = new EngineProcess(command);
      running.set(engine, process);
      const answer = await attempt(engine, () => process.ask({ do: 'load', folder, task }));
      if (answer?.about) about[engine] = answer.about;
    }
    const figures: Figure[] = [];
    for (const plan of plans) figures.push(...(await takeTurns(plan, running, attempt)));
    return { figures, about, left };
  } finally {
    for (const process of running.values()) process.close();
  }
}

type Attempt = <T>(engine: EngineId, work: () => Promise<T>) => Promise<T | undefined>;

async function takeTurns(
  { batch, runs, cold }: Plan,
  running: ReadonlyMap<EngineId, EngineProcess>,
  attempt: Attempt,
): Promise<Figure[]> {
  const times = new Map<EngineId, number[]>();
  const values = new Map<EngineId, readonly number[]>();
  const rounds = Math.max(...Object.values(runs));
  for (let round = cold ? 0 : -1; round < rounds; round++) {
    for (const [engine, process] of running) {
      const wanted = runs[engine] ?? 0;
      // An engine that runs once runs in the first round, without a rehearsal.
      if (round < 0 ? wanted < 2 : round >= wanted) continue;
      const answer = await attempt(engine, () => process.ask({ do: 'run', batch }));
      if (!answer || round < 0) continue;
      times.set(engine, [...(times.get(engine) ?? []), answer.ms ?? Number.NaN]);
      values.set(engine, answer.values ?? []);
    }
  }
  return [...times]
    .filter(([engine]) => running.has(engine))
    .map(([engine, list]) => ({
      engine,
      batch,
      ms: list.sort((a, b) => a - b)[list.length >> 1],
      peak: running.get(engine)!.peak,
      values: values.get(engine)!,
    }));
}

/**
 * Throws when this project's figures are not those of PyTorch (of any engine, where it is missing) up to `bound` of the
 * largest; returns a remark on every other engine that is further off, as float32 sums over 10^6 voxels can be.
 */
export function assertAgreement(what: string, figures: readonly Figure[], bound = 1e-3): string[] {
  const own = figures.find(({ engine }) => engine === 'own')?.values;
  if (!own) return [];
  const largest = Math.max(...own.map(Math.abs));
  const isTrusted = (engine: EngineId) =>
    engine === 'torch' || !figures.some((one) => one.engine === 'torch');
  const remarks: string[] = [];
  for (const { engine, values } of figures) {
    const apart = Math.max(...own.map((value, i) => Math.abs(value - values[i])));
    if (apart <= bound * largest) continue;
    const remark = `${what}: ${engine} differs from this project by ${apart.toPrecision(2)} where the largest value is ${largest.toPrecision(2)}`;
    if (isTrusted(engine)) throw new Error(remark);
    remarks.push(remark);
  }
  return remarks;
}

/** GB/s read and written by each engine's own copy of {@link COPY_BYTES}, in turns. */
export async function copyRates(spec: Spec): Promise<{ engine: EngineId; rate: number }[]> {
  const { commands } = await findEngines();
  return withPrepared(spec, 1, async (folder) => {
    const running = [...commands]
      .filter(([engine]) => engine === 'own' || engine === 'torch')
      .map(([engine, command]) => ({ engine, process: new EngineProcess(command) }));
    try {
      const times = new Map<EngineId, number[]>();
      for (const { process } of running) await process.ask({ do: 'load', folder, task: 'forward' });
      for (let round = 0; round < 9; round++) {
        for (const { engine, process } of running) {
          const { ms = Number.NaN } = await process.ask({ do: 'rate', of: 'copy' });
          if (round > 0) times.set(engine, [...(times.get(engine) ?? []), ms]);
        }
      }
      return [...times].map(([engine, list]) => {
        const ms = list.sort((a, b) => a - b)[list.length >> 1];
        return { engine, rate: (2 * COPY_BYTES) / ms / 1e6 };
      });
    } finally {
      for (const { process } of running) process.close();
    }
  });
}
