import type { EngineState } from '../state/index.ts';

type BackendName = NonNullable<EngineState['backend']>['name'];

/** Multiplications in a second that may be expected of each, on a laptop. */
const RATES: Readonly<Record<BackendName, number>> = { webgpu: 100e9, wasm: 10e9, cpu: 30e6 };
const NAMES: Readonly<Record<BackendName, string>> = {
  webgpu: 'WebGPU',
  wasm: 'WebAssembly',
  cpu: 'the CPU',
};
/** All classes at one layer take about so many forward passes. */
const PASSES = 2;

/** How long an explanation takes: as measured, ms, or by what there is to compute. */
export function timeText(
  multiplications: number,
  backend: BackendName | null,
  measured: number | null,
): string {
  const work = `${countWords(multiplications)} multiplications forward`;
  if (measured !== null) return `${seconds(measured)} for the explanation shown; ${work}`;
  if (backend === null) return work;
  const expected = (1e3 * PASSES * multiplications) / RATES[backend];
  const time = expected < SHORTEST ? seconds(expected) : `about ${seconds(expected)}`;
  return `${time} on ${NAMES[backend]}; ${work}`;
}

/** Milliseconds below which no figure is given. */
const SHORTEST = 95;

function seconds(ms: number): string {
  if (ms < SHORTEST) return 'less than 0.1 s';
  if (ms < 100e3) return `${Number((ms / 1e3).toPrecision(2))} s`;
  return `${Math.round(ms / 60e3)} min`;
}

function countWords(count: number): string {
  if (count < 1e6) return 'under a million';
  return count < 1e9
    ? `${Number((count / 1e6).toPrecision(2))} million`
    : `${Number((count / 1e9).toPrecision(2))} billion`;
}
