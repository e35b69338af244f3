import { AppError, sentence } from '../../core/errors.ts';
import type { BackendChoice, BackendInfo, BackendName } from '../types.ts';
import type { BackendDriver, Candidate, StartedBackend } from './types.ts';

export type Drivers = Readonly<Record<BackendName, BackendDriver>>;

/** Fastest first. */
const ORDER: readonly BackendName[] = ['webgpu', 'wasm', 'cpu'];

async function probeAll(drivers: Drivers, choice: BackendChoice): Promise<Candidate[]> {
  const found = await Promise.all(
    ORDER.map((name) => drivers[name].probe(choice).catch(() => undefined)),
  );
  return found.filter((candidate) => candidate !== undefined);
}

const TITLES: Readonly<Record<BackendName, string>> = {
  webgpu: 'WebGPU',
  wasm: 'WebAssembly',
  cpu: 'JavaScript',
};

export interface Without {
  readonly name: BackendName;
  /** One sentence. */
  readonly why: string;
  readonly gone: boolean;
}

export interface Selected {
  readonly info: BackendInfo;
  readonly started: StartedBackend;
}

/**
 * Starts the chosen backend; `auto` takes the first of WebGPU on hardware, WebAssembly and plain
 * JavaScript that starts. `without` names a backend that failed before and why; it stays available unless
 * it is `gone`.
 */
export async function selectBackend(
  drivers: Drivers,
  choice: BackendChoice,
  without?: Without,
): Promise<Selected> {
  const probed = await probeAll(drivers, choice);
  const found = probed.filter(({ name }) => name !== without?.name);
  const available = (without?.gone ? found : probed).map(({ name }) => name);
  if (choice !== 'auto') {
    const candidate = found.find(({ name }) => name === choice);
    if (!candidate) {
      const why = await drivers[choice].probe(choice).then(
        () => '',
        (error) => ` (${sentence(error)})`,
      );
      throw new AppError(
        'unsupported',
        `backend ${choice} is not available on this machine${why}; accepted: auto, ${available.join(', ')}`,
      );
    }
    const started = await drivers[choice].start();
    return {
      info: {
        name: choice,
        choice,
        device: started.device,
        reason: 'Chosen by the user.',
        available,
      },
      started,
    };
  }
  const notes: string[] = [];
  for (const { name, hardware, reason } of found) {
    if (!hardware) {
      if (name === 'webgpu') notes.push(reason);
      continue;
    }
    try {
      const started = await drivers[name].start();
      const instead = `${TITLES[name]} computes on the ${started.device} instead.`;
      const why = without ? `${without.why} ${instead}` : [...notes, reason].join(' ');
      return { info: { name, choice, device: started.device, reason: why, available }, started };
    } catch (error) {
      notes.push(`${name} did not start (${sentence(error)}).`);
    }
  }
  throw new AppError('unsupported', `no backend could be started: ${notes.join(' ')}`);
}
