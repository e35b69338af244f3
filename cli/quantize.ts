import { existsSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { badInput, sentence } from '../src/core/errors.ts';
import { createRandom } from '../src/core/simulate/random.ts';
import {
  QUANTIZED_TYPES,
  quantize,
  type QuantizedType,
  STEP_BITS,
} from '../src/engine/model/quantize.ts';
import { artifactFiles, type NamedFile } from '../src/engine/model/write.ts';
import { createNodeEngine, readNetwork } from '../src/engine/node.ts';
import type { Engine, ModelSidecar, ModelSource } from '../src/engine/types.ts';
import { defineCommand } from './command.ts';
import { lockFolder } from './lock.ts';
import { resolveModel } from './models.ts';
import { makeFolder, writeModel } from './write.ts';

export const command = defineCommand({
  usage: 'MODEL --out DIR [--dtype uint8|uint16|float16] [--bits N] [--layers NAME,NAME] [--json]',
  positionals: [1, 1],
  about: [
    'Stores the large kernels of a network in fewer bits, as TensorFlow.js reads them, and says what',
    'each lost. MODEL is a bundled id or a path; DIR may be its own folder.',
  ].join('\n'),
  options: {
    out: { type: 'string', value: 'DIR', help: 'folder to write to' },
    dtype: {
      type: 'string',
      value: 'NAME',
      help: 'uint8 or uint16 (equal steps), or float16',
      default: 'uint8',
    },
    bits: {
      type: 'string',
      value: 'N',
      help: 'uint8, uint16: use so many of the bits, so that servers compress the file further (default all)',
    },
    layers: {
      type: 'string',
      value: 'NAMES',
      help: 'layers whose kernels to store so, with commas (default kernels from 2^20 values up)',
    },
    force: { type: 'boolean', help: 'replace another network in DIR' },
    json: { type: 'boolean', help: 'one JSON document on stdout' },
  },
  async run([model], values, io) {
    const dtype = QUANTIZED_TYPES.find((type) => type === values.dtype);
    if (!dtype) throw badInput(`--dtype ${values.dtype}; accepted: ${QUANTIZED_TYPES.join(', ')}`);
    if (values.out === undefined) throw badInput('--out is missing; accepted: a folder');
    const bits = values.bits === undefined ? undefined : bitsOf(values.bits, dtype);
    const layers = values.layers?.split(',').map((name) => name.trim());

    const engine = createNodeEngine();
    await engine.selectBackend('wasm');
    try {
      const source = resolveModel(model);
      const before = await readNetwork(source);
      await makeFolder(values.out);
      await refuseOtherNetwork(values.out, source, values.force);
      for (const note of before.notes) io.note(note);
      const { artifacts, weights } = quantize(before, { dtype, bits, layers });
      const sidecar = withRecord(
        before.sidecar,
        bits ? `${dtype}, ${bits} bits` : dtype,
        weights.map(({ name }) => name),
      );
      const files = await artifactFiles({ ...artifacts, sidecar });
      await mustScore(engine, { ...source, id: 'before' }, model);
      await mustScore(engine, asDropped(files), `${model} in ${dtype}`);
      const unlock = lockFolder(values.out);
      try {
        await writeModel(values.out, files);
      } finally {
        unlock();
      }
      const bytes = [before.weightData.byteLength, artifacts.weightData.byteLength] as const;
      if (values.json) io.json({ out: values.out, dtype, bytes, weights });
      else {
        for (const { name, worst, relative } of weights) {
          io.print(
            `${name}: ${dtype}, off by ${worst.toExponential(1)} at most, by ${(100 * relative).toFixed(2)}% (root mean square)`,
          );
        }
        io.print(
          `${megabytes(bytes[0])} of weights became ${megabytes(bytes[1])} in ${values.out}`,
        );
      }
    } finally {
      await engine.dispose();
    }
  },
});

function bitsOf(text: string, dtype: QuantizedType): number {
  if (dtype === 'float16') throw badInput('--bits goes with --dtype uint8 and uint16');
  const bits = Number(text);
  if (Number.isInteger(bits) && bits >= 2 && bits <= STEP_BITS[dtype]) return bits;
  throw badInput(`--bits ${text}; accepted: 2 to ${STEP_BITS[dtype]}`);
}

/** Refuses a network that gives no finite scores for noise of variance 1. */
async function mustScore(engine: Engine, source: ModelSource, label: string): Promise<void> {
  const info = await engine.loadModel(source);
  const random = createRandom(1);
  const size = info.inputShape.reduce((a, b) => a * b, 1);
  const input = Float32Array.from({ length: size }, () => random.normal());
  const question = { model: info.id, input, inputShape: info.inputShape };
  const scope = { layers: 'default', classes: 'top', methods: ['respond'] } as const;
  try {
    await engine.explain({ ...question, ...scope });
  } catch (error) {
    throw badInput(`${label}: ${sentence(error)}`);
  }
  await engine.unloadModel(info.id);
}

/** `DIR` may be the network's own folder; another network in it is not replaced without being asked. */
async function refuseOtherNetwork(out: string, source: ModelSource, force: boolean): Promise<void> {
  const there = join(out, 'model.json');
  if (force || source.kind !== 'url' || !existsSync(there)) return;
  if ((await realpath(there)) === (await realpath(fileURLToPath(source.url)))) return;
  throw badInput(
    `--out ${out}: holds another network; accepted: a new folder, the network's own, or --force to replace it`,
  );
}

function asDropped(files: readonly NamedFile[]): ModelSource {
  const copies = files.map(({ name, bytes }) => ({ name, bytes: new Uint8Array(bytes).buffer }));
  return { kind: 'files', id: 'after', files: copies };
}

/** The sidecar with what was done; an accuracy that was measured before says so. */
function withRecord(sidecar: ModelSidecar, form: string, names: readonly string[]): ModelSidecar {
  const { accuracy } = sidecar;
  const earlier = sidecar.recipe?.quantized;
  const quantized = {
    ...(typeof earlier === 'object' && earlier),
    ...Object.fromEntries(names.map((name) => [name, form])),
  };
  return {
    ...sidecar,
    ...(accuracy && { accuracy: { ...accuracy, set: beforeQuantization(accuracy.set) } }),
    recipe: { ...sidecar.recipe, quantized },
  };
}

const BEFORE = ', before its weights were quantised';

function beforeQuantization(set: string): string {
  return set.endsWith(BEFORE) ? set : `${set}${BEFORE}`;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
