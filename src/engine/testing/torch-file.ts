import { zipSync } from 'fflate';

const ascii = (text: string) => Uint8Array.from(text, (char) => char.charCodeAt(0));

/** Text form of a pickle (protocol 0) of what JSON holds. */
function pickled(value: unknown): string {
  if (value === null) return 'N';
  if (typeof value === 'boolean') return value ? 'I01\n' : 'I00\n';
  if (typeof value === 'number') return Number.isInteger(value) ? `I${value}\n` : `F${value}\n`;
  if (typeof value === 'string') return `V${value}\n`;
  if (Array.isArray(value)) return `(${value.map(pickled).join('')}l`;
  return dictionary(Object.entries(value as object).map(([key, one]) => [key, pickled(one)]));
}

const dictionary = (entries: readonly (readonly [string, string])[]) =>
  `(d${entries.map(([key, text]) => `V${key}\n${text}s`).join('')}`;

const tuple = (numbers: readonly number[]) => `(${numbers.map((n) => `I${n}\n`).join('')}t`;

function tensor(key: number, dims: readonly number[]): string {
  const strides = dims.map((_, axis) => dims.slice(axis + 1).reduce((a, b) => a * b, 1));
  const size = dims.reduce((a, b) => a * b, 1);
  const storage = `(Vstorage\nctorch\nFloatStorage\nV${key}\nVcpu\nI${size}\ntQ`;
  return `ctorch._utils\n_rebuild_tensor_v2\n(${storage}I0\n${tuple(dims)}${tuple(strides)}I00\ntR`;
}

export interface Stored {
  readonly name: string;
  readonly dims: readonly number[];
  readonly numbers: Float32Array;
}

/** A file of `torch.save({'state_dict': weights, **beside})`. */
export function torchFile(weights: readonly Stored[], beside: object = {}): Uint8Array {
  const state = dictionary(weights.map(({ name, dims }, key) => [name, tensor(key, dims)]));
  const others = Object.entries(beside).map(([key, one]) => [key, pickled(one)] as const);
  const pickle = `${dictionary([['state_dict', state], ...others])}.`;
  const parts = weights.map(
    ({ numbers }, key) => [`a/data/${key}`, new Uint8Array(numbers.buffer)] as const,
  );
  return zipSync({ 'a/data.pkl': ascii(pickle), ...Object.fromEntries(parts) }, { level: 0 });
}
