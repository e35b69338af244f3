import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DomainFinding, inputFindings } from '../src/core/domain/index.ts';
import { writeNpy } from '../src/core/npy/index.ts';
import { createRandom } from '../src/core/simulate/random.ts';
import { createNodeEngine } from '../src/engine/node.ts';
import type { ModelInfo, Normalization } from '../src/engine/types.ts';
import { runCommandLine } from './commands.ts';
import { readInput } from './input.ts';
import { resolveModel } from './models.ts';
import { recordingIo } from './test-io.ts';

const PUBLIC = fileURLToPath(new URL('../public/', import.meta.url));
const samples: { path: string; snr: number | 'inf' }[] = JSON.parse(
  readFileSync(join(PUBLIC, 'samples/index.json'), 'utf8'),
);
const folder = mkdtempSync(join(tmpdir(), 'domain-'));
afterAll(() => rmSync(folder, { recursive: true }));

const engine = createNodeEngine();
beforeAll(async () => void (await engine.selectBackend('wasm')));
afterAll(() => engine.dispose());

/** 40^3 values in a file. */
function fileOf(name: string, value: (i: number) => number): string {
  const path = join(folder, name);
  const data = Float32Array.from({ length: 64000 }, (_, i) => value(i));
  writeFileSync(path, writeNpy(data, [40, 40, 40]));
  return path;
}

async function findings(
  info: ModelInfo,
  path: string,
  options: { invert?: boolean; normalization?: Normalization } = {},
): Promise<DomainFinding[]> {
  const { sidecar, inputShape } = info;
  const input = await readInput(path, inputShape, sidecar, options);
  const explanation = await engine.explain({
    ...{ model: info.id, input: input.data, inputShape },
    ...{ layers: 'default', classes: 'top', methods: [] },
  });
  const used = options.normalization ?? sidecar.normalization ?? 'none';
  const { channelMeans } = explanation;
  return inputFindings(info, { ...input, channelMeans, normalization: used });
}

const codes = async (...args: Parameters<typeof findings>) =>
  (await findings(...args)).map(({ code }) => code);

// The large networks are checked by the same numbers; these two take the time of seconds.
describe.each(['cnn-2-inf', 'cnn-2-0.1'])('inputs of another kind for %s', (network) => {
  let info: ModelInfo;
  beforeAll(async () => void (info = await engine.loadModel(resolveModel(network))));
  const own = network.endsWith('inf') ? 'inf' : 0.1;
  const of = (snr: number | 'inf') =>
    samples.filter((s) => s.snr === snr).map(({ path }) => join(PUBLIC, path));

  it('has nothing to say about its own samples', async () => {
    for (const path of of(own)) expect(await codes(info, path), path).toEqual([]);
  }, 60_000);

  it('knows every sample with the contrast inverted', async () => {
    for (const path of of(own)) {
      expect(await codes(info, path, { invert: true }), path).toEqual(['contrast']);
    }
  }, 60_000);

  it('knows samples with another amount of noise', async () => {
    for (const path of of(own === 'inf' ? 0.1 : 'inf')) {
      expect(await codes(info, path), path).toEqual(['unlike']);
    }
  }, 60_000);

  it.each(['white', 'smooth', 'uniform', 'a ramp'])('knows noise: %s', async (kind) => {
    const random = createRandom(11, kind.length, 0, 0);
    const white = Float32Array.from({ length: 64000 }, () => random.normal());
    const value: Record<string, (i: number) => number> = {
      white: (i) => white[i],
      smooth: (i) => [0, 1, 2, 40, 80, 1600, 3200].reduce((s, d) => s + white[(i + d) % 64000], 0),
      uniform: () => random.uniform(),
      'a ramp': (i) => Math.floor(i / 1600),
    };
    const found = await codes(info, fileOf(`${network}-${kind}.npy`, value[kind]));
    expect(found.length).toBeGreaterThan(0);
  });

  it('knows bytes from 0 to 255 whose mean was not taken out', async () => {
    const { data } = await readInput(of(own)[0], info.inputShape, { normalization: 'zscore' });
    const path = fileOf(`${network}-bytes.npy`, (i) => Math.round(127 + 12 * data[i]));
    const options = { normalization: 'unit-variance' } as const;
    const [finding] = await findings(info, path, options);
    expect(finding.message).toMatch(/The mean lies 1\d(\.\d)? sigma from 0/);
    expect(finding.remedy).toBe('zscore');
  });
});

it('explain says what is unusual and what to do, on stderr and in its document', async () => {
  const path = join(PUBLIC, 'samples/1AON-inf.mrc');
  const ask = async (...flags: string[]) => {
    const { io, notes, out } = recordingIo();
    await runCommandLine(['explain', path, '--model', 'cnn-2-inf', '--json', ...flags], io);
    const document = JSON.parse(out[0]) as { warnings: DomainFinding[] };
    return { notes: notes.join('\n'), warnings: document.warnings };
  };
  expect((await ask()).warnings).toEqual([]);
  const { notes, warnings } = await ask('--invert');
  expect(notes).toMatch(/1AON-inf\.mrc: The molecule looks bright .*; try --invert\.$/m);
  expect(warnings).toMatchObject([{ code: 'contrast', severity: 'warning' }]);
  expect(warnings[0].message).toMatch(/try --invert/);
});

it('domain measures volumes into the sidecar and keeps its other entries', async () => {
  const model = join(folder, 'model');
  cpSync(join(PUBLIC, 'models/cnn-2-inf'), model, { recursive: true });
  const { io, out } = recordingIo();
  await runCommandLine(['domain', model, '--data', 'simulated', '--per-class', '1', '--json'], io);
  const sidecar = JSON.parse(readFileSync(join(model, 'respond-cam.json'), 'utf8'));
  expect(sidecar.training).toEqual(JSON.parse(out[0]));
  expect(sidecar.training).toMatchObject({ n: 23, layer: 'maxpool2' });
  expect(sidecar.training.channels.mean).toHaveLength(64);
  expect(sidecar.classes).toHaveLength(23);
}, 60_000);

it('evaluate records what its volumes look like, of all of them as they are', async () => {
  const model = join(folder, 'recorded');
  cpSync(join(PUBLIC, 'models/cnn-2-inf'), model, { recursive: true });
  const { io, notes } = recordingIo();
  const evaluate = (...flags: string[]) =>
    runCommandLine(['evaluate', '--model', model, '--data', 'bundled', ...flags, '--record'], io);
  await evaluate('--limit', '5', '--json');
  const { training } = JSON.parse(readFileSync(join(model, 'respond-cam.json'), 'utf8'));
  expect(training).toMatchObject({ set: 'bundled', n: 5, layer: 'maxpool2' });
  expect(notes.at(-1)).toMatch(/^What 5 volumes look like was written to .*respond-cam.json\.$/);
  await expect(evaluate('--shard', '1/2')).rejects.toThrow('--record does not go with --shard');
}, 60_000);

it('writes the entry beside networks of other formats under their name', async () => {
  const network = join(folder, 'net.h5');
  cpSync(join(PUBLIC, '../fixtures/import/keras/k2_sequential/model.h5'), network);
  const volumes = join(folder, 'volumes');
  mkdirSync(volumes);
  for (const k of [1, 2, 3]) {
    const data = Float32Array.from({ length: 12 ** 3 }, (_, i) => Math.sin(k * i));
    writeFileSync(join(volumes, `${k}.npy`), writeNpy(data, [12, 12, 12]));
  }
  const { io } = recordingIo();
  await runCommandLine(['domain', network, '--data', volumes, '--json'], io);
  const { training } = JSON.parse(readFileSync(join(folder, 'net.respond-cam.json'), 'utf8'));
  expect(training).toMatchObject({ n: 3 });
});
