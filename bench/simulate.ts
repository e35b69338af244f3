import { loadTemplates } from '../cli/templates.ts';
import { createSimulator } from '../src/core/simulate/index.ts';
import type { Part, Row } from './rows.ts';

/** Subtomograms of 40^3 voxels per second on one thread, averaged over the classes. */
export async function simulateBench(): Promise<Part> {
  const templates = await loadTemplates();
  const out = new Float32Array(40 ** 3);
  const rows: Row[] = [];
  for (const model of ['fourier', 'projection'] as const) {
    for (const snr of [Number.POSITIVE_INFINITY, 0.1]) {
      const simulator = createSimulator(templates, { model, snr });
      const draw = (n: number) => {
        const start = performance.now();
        for (let i = 0; i < n; i++) simulator.simulate(i % templates.length, i, out);
        return (performance.now() - start) / n;
      };
      draw(templates.length);
      const milliseconds = draw((model === 'fourier' ? 5 : 1) * templates.length);
      const noise = snr === 0.1 ? 'SNR 0.1' : 'noise-free';
      rows.push({
        name: `simulate, ${model} model, ${noise}`,
        value: 1000 / milliseconds,
        unit: 'per s',
      });
    }
  }
  return { rows };
}
