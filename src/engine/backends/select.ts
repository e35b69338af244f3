import { AppError, sentence } from '../../core/errors.ts';
import type { BackendChoice, BackendInfo, BackendName } from '../types.ts';
import type { BackendDriver, Candidate, StartedBackend } from './types.ts';

export type Drivers = Readonly<Record<BackendName, BackendDriver>>;

/** Fastest first; WebGL is there to be chosen by hand. */
const ORDER: readonly BackendName[] = ['webgpu', 'wasm', 'cpu', 'webgl'];

export async function probeAll(drivers: Drivers): Promise<Candidate[]> {
  const found = await Promise.all(
    ORDER.map((name) => drivers[name].probe().catch(() => undefined)),
  );
  return found.filter((candidate) => candidate !== undefined);
}

export interface Selected {
  readonly info: BackendInfo;
  readonly started: StartedBackend;
}

/**
 * Starts the chosen backend; `auto` takes the first of WebGPU on hardware, WebAssembly and plain
 * JavaScript that starts. `without` names a backend that failed before.
 */
export async function selectBackend(
  drivers: Drivers,
  choice: BackendChoice,
  without?: { name: BackendName; why: string },
): Promise<Selected> {
  const found = (await probeAll(drivers)).filter(({ name }) => name !== without?.name);
  const available = found.map(({ name }) => name);
  if (choice !== 'auto') {
    const candidate = found.find(({ name }) => name === choice);
    if (!candidate) {
      throw new AppError(
        'unsupported',
        `backend ${choice} is not available on this machine; accepted: auto, ${available.join(', ')}`,
      );
    }
    const started = await drivers[choice].start();
    return {
      info: { name: choice, choice, device: started.device, reason: 'Chosen by hand.', available },
      started,
    };
  }
  const notes: string[] = without ? [without.why] : [];
  for (const { name, hardware, reason } of found) {
    if (!hardware) {
      if (name === 'webgpu') notes.push(reason);
      continue;
    }
    try {
      const started = await drivers[name].start();
      const why = [...notes, reason].join(' ');
      return { info: { name, choice, device: started.device, reason: why, available }, started };
    } catch (error) {
      notes.push(`${name} did not start (${sentence(error)}).`);
    }
  }
  throw new AppError('unsupported', `no backend could be started: ${notes.join(' ')}`);
}
