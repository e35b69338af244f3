import { badInput } from '../src/core/errors.ts';
import { parseSnr, RECIPES } from '../src/core/simulate/index.ts';
import { NETWORKS } from '../src/engine/train/index.ts';
import type { Option, Values } from './command.ts';
import { BACKENDS } from './network-options.ts';

const NORMALIZE = ['zscore', 'unit-variance'] as const;

const text = (value: string, help: string) => ({ type: 'string', value, help }) as const;
const withDefault = (value: string, fallback: string, help: string) =>
  ({ type: 'string', value, help, default: fallback }) as const;

export const TRAIN_FLAGS = {
  model: text('NAME', 'cnn-1 or cnn-2'),
  out: text('DIR', 'where to write'),
  snr: text('N', 'signal to noise ratio, or inf (default)'),
  recipe: text(
    'NAME|FILE',
    `vary the volumes as this recipe says instead: ${Object.keys(RECIPES).join(', ')}, or a JSON file`,
  ),
  'per-class': withDefault('N', '150', 'volumes of each class, a fifth of them to validate'),
  epochs: withDefault('N', '10', 'passes over the volumes'),
  seed: withDefault('N', '1', 'decides weights, order and volumes'),
  lr: withDefault('N', '0.001', 'learning rate at the start'),
  batch: withDefault('N', '64', 'volumes of one step'),
  patience: text('N', 'stop after N epochs without a better validation, keep the best weights'),
  fresh: { type: 'boolean', help: 'new orientations and noise in every epoch' },
  init: text(
    'MODEL',
    'start from the weights of this network (bundled id or path) where layers fit',
  ),
  normalize: withDefault('HOW', 'zscore', `of the volumes: ${NORMALIZE.join(', ')}`),
  'bias-start': withDefault('N', '0', 'where the biases of the dense layers start'),
  test: withDefault('N', '20', 'held-out volumes of each class'),
  backend: withDefault('NAME', 'auto', BACKENDS.join(', ')),
  'checkpoint-every': withDefault('N', '25', 'steps between checkpoints'),
  resume: { type: 'boolean', help: 'continue from the checkpoint in DIR' },
  force: { type: 'boolean', help: 'replace an earlier training in DIR' },
} as const satisfies Readonly<Record<string, Option>>;

export type TrainValues = Values<typeof TRAIN_FLAGS>;

/** The flags as numbers and names; throws 'bad-input' for the first that cannot be. */
export function readTrainOptions(values: TrainValues) {
  const name = NETWORKS.find((network) => network === values.model);
  if (!name)
    throw badInput(`--model ${values.model ?? '(missing)'}; accepted: ${NETWORKS.join(', ')}`);
  const backend = BACKENDS.find((choice) => choice === values.backend);
  if (!backend) throw badInput(`--backend ${values.backend}; accepted: ${BACKENDS.join(', ')}`);
  if (values.resume && values.force) {
    throw badInput('--resume and --force exclude each other; accepted: one of them');
  }
  const normalization = NORMALIZE.find((kind) => kind === values.normalize);
  if (!normalization) {
    throw badInput(`--normalize ${values.normalize}; accepted: ${NORMALIZE.join(', ')}`);
  }
  if (values.recipe !== undefined && values.snr !== undefined) {
    throw badInput('--recipe and --snr exclude each other: a recipe draws the SNR; accepted: one');
  }
  if (!values.out) throw badInput('--out is missing; accepted: a folder to write to');
  return {
    name,
    backend,
    normalization,
    out: values.out,
    snr: parseSnr(values.snr ?? 'inf'),
    perClass: integer('per-class', values['per-class'], 2),
    epochs: integer('epochs', values.epochs),
    seed: integer('seed', values.seed),
    rate: positive('lr', values.lr),
    batch: integer('batch', values.batch),
    patience: values.patience === undefined ? undefined : integer('patience', values.patience),
    biasStart: finite('bias-start', values['bias-start']),
    testPerClass: integer('test', values.test),
    checkpointEvery: integer('checkpoint-every', values['checkpoint-every']),
  };
}

function finite(flag: string, value: string): number {
  const number = Number(value);
  if (value.trim() === '' || !Number.isFinite(number)) {
    throw badInput(`--${flag} ${value}; accepted: a number`);
  }
  return number;
}

function positive(flag: string, value: string): number {
  const number = Number(value);
  if (!(number > 0) || !Number.isFinite(number)) {
    throw badInput(`--${flag} ${value}; accepted: a number above 0`);
  }
  return number;
}

function integer(flag: string, value: string, from = 1): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number) || number < from) {
    throw badInput(`--${flag} ${value}; accepted: a whole number from ${from} up`);
  }
  return number;
}
