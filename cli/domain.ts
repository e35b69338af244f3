import { badInput } from '../src/core/errors.ts';
import { trainedSnr } from '../src/core/evaluation/index.ts';
import { parseSnr, SEEDS } from '../src/core/simulate/index.ts';
import { createNodeEngine } from '../src/engine/node.ts';
import { defineCommand } from './command.ts';
import { type Choice, folderSet, type OpenSet } from './evaluate-set.ts';
import { openSimulatedSet } from './evaluate-simulated.ts';
import { READING_OPTIONS, readingOptions } from './input-options.ts';
import { domainOf, heldOutWords, writeDomain } from './measure-domain.ts';
import { resolveModel } from './models.ts';

const text = (value: string, help: string) => ({ type: 'string', value, help }) as const;

export const command = defineCommand({
  usage: 'MODEL --data simulated|DIR [--per-class N] [--json]',
  positionals: [1, 1],
  about: [
    "Measures what a network's training volumes look like to it, so that explain can say when an input is",
    'of another kind: mean, spread, skewness and central contrast of the input, and the mean of each channel',
    "of the network's default layer. Writes them as the entry training of respond-cam.json beside MODEL.",
    'Give it volumes that training has not seen, of the same kind.',
    'MODEL: the id of a bundled network, or the path of a TensorFlow.js model.json.',
  ].join('\n'),
  options: {
    data: text('SET', 'simulated, or a folder of volumes as evaluate takes it'),
    'per-class': {
      type: 'string',
      value: 'N',
      help: 'no more than N volumes of each class',
      default: '10',
    },
    snr: text('N|inf', "simulated: signal to noise ratio (default the network's)"),
    ...READING_OPTIONS,
    json: { type: 'boolean', help: 'the entry as one JSON document on stdout' },
  },
  async run([model], values, io) {
    const { data } = values;
    if (!data) throw badInput('domain: --data is missing; accepted: simulated, or a folder');
    if (data !== 'simulated' && values.snr !== undefined) {
      throw badInput(`domain: --snr does not go with --data ${data}, see --help`);
    }
    const perClass = Number(values['per-class']);
    if (!Number.isSafeInteger(perClass) || perClass < 1) {
      throw badInput(`--per-class ${values['per-class']}; accepted: a whole number from 1 up`);
    }
    const reading = readingOptions(values);
    const source = resolveModel(model);

    const engine = createNodeEngine();
    let set: OpenSet | undefined;
    try {
      await engine.selectBackend('auto');
      const info = await engine.loadModel(source, { signal: io.signal });
      const choice: Choice = { info, prepare: {}, reading, perClass };
      const snr =
        values.snr === undefined
          ? (trainedSnr(info.sidecar.recipe) ?? Number.POSITIVE_INFINITY)
          : parseSnr(values.snr);
      const words = data === 'simulated' ? heldOutWords(snr) : data;
      set =
        data === 'simulated'
          ? await openSimulatedSet(choice, { spec: { snr, seed: SEEDS.test } })
          : await folderSet(data, choice, 'all');
      io.note(`Measuring ${set.volumes.length} volumes.`);
      const training = await domainOf(engine, info, set, words, io);
      const path = await writeDomain(source, info, training);
      if (values.json) io.json(training);
      else io.print(`${training.n} volumes measured; written to ${path}.`);
    } finally {
      await Promise.all([set?.close(), engine.dispose()]);
    }
  },
});
