import type { Activation } from '../../graph/operators.ts';
import { type Config, isObject } from './config.ts';

/** An activation as the graph has it; null for `linear`. */
export type KerasActivation = Activation | 'softmax' | 'logSoftmax' | null;

const SIXTH = { slope: 1 / 6, offset: 0.5 };
const relu6: Activation = { kind: 'boundedRelu', slope: 0, threshold: 0, max: 6 };

/** By Keras' name, with the parameters that Keras gives an activation named by a word. */
const BY_NAME: Readonly<Record<string, KerasActivation>> = {
  linear: null,
  softmax: 'softmax',
  log_softmax: 'logSoftmax',
  relu: { kind: 'relu' },
  relu6,
  leaky_relu: { kind: 'leakyRelu', slope: 0.2 },
  elu: { kind: 'elu', alpha: 1 },
  selu: { kind: 'selu' },
  celu: { kind: 'celu', alpha: 1 },
  gelu: { kind: 'gelu', form: 'exact' },
  gelu_new: { kind: 'gelu', form: 'tanh' },
  sigmoid: { kind: 'sigmoid' },
  log_sigmoid: { kind: 'logSigmoid' },
  tanh: { kind: 'tanh' },
  silu: { kind: 'silu' },
  swish: { kind: 'silu' },
  mish: { kind: 'mish' },
  hard_silu: { kind: 'hardSilu', ...SIXTH },
  hard_swish: { kind: 'hardSilu', ...SIXTH },
  hard_tanh: { kind: 'hardTanh' },
  soft_shrink: { kind: 'softShrink', lambda: 0.5 },
  hard_shrink: { kind: 'hardShrink', lambda: 0.5 },
  tanh_shrink: { kind: 'tanhShrink' },
  softplus: { kind: 'softplus' },
  softsign: { kind: 'softsign' },
  exponential: { kind: 'exp' },
  squareplus: { kind: 'squarePlus' },
  sparse_plus: { kind: 'sparsePlus' },
  sparse_sigmoid: { kind: 'hardSigmoid', slope: 0.5, offset: 0.5 },
  threshold: { kind: 'thresholdedRelu', threshold: 0 },
};

/** Keras 3 changed the slope of `hard_sigmoid` from 0.2. */
export function hardSigmoid(version: string): Activation {
  return Number.parseInt(version, 10) >= 3
    ? { kind: 'hardSigmoid', ...SIXTH }
    : { kind: 'hardSigmoid', slope: 0.2, offset: 0.5 };
}

/**
 * What `config[key]` names: a word, or an object with the word (Keras 3's functions) or an activation layer.
 *
 * @throws AppError `unsupported` that names the layer and the activation
 */
export function readActivation(
  config: Config,
  version: string,
  key = 'activation',
): KerasActivation {
  const value = config.json[key];
  if (value === undefined || value === null) return null;
  const name = nameOf(value)
    ?.replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase();
  if (name === 'hard_sigmoid') return hardSigmoid(version);
  const found = name !== undefined && Object.hasOwn(BY_NAME, name) ? BY_NAME[name] : undefined;
  if (found === undefined) throw config.fail(key, Object.keys(BY_NAME).join(', '));
  return found;
}

function nameOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (!isObject(value)) return undefined;
  return typeof value.config === 'string'
    ? value.config
    : typeof value.class_name === 'string'
      ? value.class_name.replace(/^ReLU$/, 'relu')
      : undefined;
}
