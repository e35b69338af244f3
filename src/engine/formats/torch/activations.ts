import type { Activation } from '../../graph/operators.ts';

type Number = (name: string, otherwise: number) => number;

/** Elementwise modules of `torch.nn`, by class; `number` reads an attribute. */
const ACTIVATIONS: Readonly<Record<string, (number: Number) => Activation>> = {
  ReLU: () => ({ kind: 'relu' }),
  LeakyReLU: (number) => ({ kind: 'leakyRelu', slope: number('negative_slope', 0.01) }),
  ELU: (number) => ({ kind: 'elu', alpha: number('alpha', 1) }),
  SELU: () => ({ kind: 'selu' }),
  CELU: (number) => ({ kind: 'celu', alpha: number('alpha', 1) }),
  Sigmoid: () => ({ kind: 'sigmoid' }),
  LogSigmoid: () => ({ kind: 'logSigmoid' }),
  Tanh: () => ({ kind: 'tanh' }),
  SiLU: () => ({ kind: 'silu' }),
  Mish: () => ({ kind: 'mish' }),
  Softplus: () => ({ kind: 'softplus' }),
  Softsign: () => ({ kind: 'softsign' }),
  Tanhshrink: () => ({ kind: 'tanhShrink' }),
  ReLU6: () => ({ kind: 'clip', min: 0, max: 6 }),
  Hardtanh: (number) => ({ kind: 'clip', min: number('min_val', -1), max: number('max_val', 1) }),
  Hardsigmoid: () => ({ kind: 'hardSigmoid', slope: 1 / 6, offset: 0.5 }),
  Hardswish: () => ({ kind: 'hardSilu', slope: 1 / 6, offset: 0.5 }),
  Softshrink: (number) => ({ kind: 'softShrink', lambda: number('lambd', 0.5) }),
  Hardshrink: (number) => ({ kind: 'hardShrink', lambda: number('lambd', 0.5) }),
};

/** An activation by the name of its class, however it is spelled: `LeakyReLU`, `leakyrelu`, `torch.nn.LeakyReLU`. */
export function activationOf(
  name: string,
  number: Number,
  text: (name: string) => string | undefined = () => undefined,
): Activation | undefined {
  const wanted = (name.split('.').at(-1) ?? name).toLowerCase().replaceAll('_', '');
  if (wanted === 'gelu')
    return { kind: 'gelu', form: text('approximate') === 'tanh' ? 'tanh' : 'exact' };
  const alias = wanted === 'swish' || wanted === 'memswish' ? 'silu' : wanted;
  const found = Object.keys(ACTIVATIONS).find((one) => one.toLowerCase() === alias);
  return found === undefined ? undefined : ACTIVATIONS[found](number);
}
