import { badInput } from '../src/core/errors.ts';
import { QUANTIZED_TYPES, quantize } from '../src/engine/model/quantize.ts';
import { artifactFiles } from '../src/engine/model/write.ts';
import { createNodeEngine, readNetwork } from '../src/engine/node.ts';
import type { ModelSidecar } from '../src/engine/types.ts';
import { defineCommand } from './command.ts';
import { resolveModel } from './models.ts';
import { makeFolder, writeModel } from './write.ts';

export const command = defineCommand({
  usage: 'MODEL --out DIR [--dtype uint8|uint16|float16] [--layers NAME,NAME] [--json]',
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
    layers: {
      type: 'string',
      value: 'NAMES',
      help: 'layers whose kernels to store so, with commas (default kernels from 2^20 values up)',
    },
    json: { type: 'boolean', help: 'one JSON document on stdout' },
  },
  async run([model], values, io) {
    const dtype = QUANTIZED_TYPES.find((type) => type === values.dtype);
    if (!dtype) throw badInput(`--dtype ${values.dtype}; accepted: ${QUANTIZED_TYPES.join(', ')}`);
    if (values.out === undefined) throw badInput('--out is missing; accepted: a folder');
    const layers = values.layers?.split(',').map((name) => name.trim());

    const engine = createNodeEngine();
    await engine.selectBackend('cpu');
    try {
      const before = await readNetwork(resolveModel(model));
      for (const note of before.notes) io.note(note);
      const { artifacts, weights } = quantize(before, { dtype, layers });
      const sidecar = withRecord(
        before.sidecar,
        dtype,
        weights.map(({ name }) => name),
      );
      await makeFolder(values.out);
      await writeModel(values.out, await artifactFiles({ ...artifacts, sidecar }));
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

/** The sidecar with what was done; an accuracy that was measured before says so. */
function withRecord(sidecar: ModelSidecar, dtype: string, names: readonly string[]): ModelSidecar {
  const { accuracy } = sidecar;
  const earlier = sidecar.recipe?.quantized as Readonly<Record<string, string>> | undefined;
  const quantized = { ...earlier, ...Object.fromEntries(names.map((name) => [name, dtype])) };
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
