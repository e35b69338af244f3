import { badFile } from '../../../core/errors.ts';
import { isObject, type Json, shown } from './config.ts';

/** Output number `tensor` of the `call`-th use of a layer. */
export interface Ref {
  readonly layer: string;
  readonly call: number;
  readonly tensor: number;
}

/** An operand of a layer: another layer's output, or a number written into the file. */
export type Operand = Ref | { readonly value: number };

/** One use of a layer: what it takes, and what else the call says. */
export interface Call {
  readonly operands: readonly Operand[];
  /** By name; `arg1` for what stands second. */
  readonly settings: Json;
}

const DEEPEST = 32;

/**
 * One use of a layer, as Keras 1 to 2 (a list) or Keras 3 (an object) write it.
 *
 * @param isOperation whether numbers among what is taken are operands: `x + 1.5` is an operation, and no layer is
 * @throws AppError `bad-file` that names the layer
 */
export function readCall(node: unknown, user: string, label: string, isOperation: boolean): Call {
  const call = isOperation ? operationCall(node) : { operands: layerOperands(node), settings: {} };
  const fault = (what: string) =>
    badFile(label, `layer ${user} ${what}`, 'a network description as Keras writes it');
  if (!call?.operands) throw fault(`takes ${shown(node)}`);
  if (call.operands.length === 0) throw fault('takes nothing');
  return { operands: call.operands, settings: call.settings };
}

export function readOperand(entry: unknown): Operand | undefined {
  if (!Array.isArray(entry)) return undefined;
  const [layer, call, tensor] = entry as unknown[];
  if (layer === '_CONSTANT_VALUE' && typeof tensor === 'number') return { value: tensor };
  if (typeof layer !== 'string' || typeof call !== 'number' || typeof tensor !== 'number')
    return undefined;
  return { layer, call, tensor };
}

/** A single operand may stand there without a list around it. */
const listed = (node: readonly unknown[]) => (typeof node[0] === 'string' ? [node] : node);

/** The tensors that a layer takes; undefined where one cannot be read. */
function layerOperands(node: unknown): Operand[] | undefined {
  if (isObject(node)) return tensorsIn([node.args, node.kwargs]);
  if (!Array.isArray(node)) return undefined;
  const operands: Operand[] = [];
  for (const entry of listed(node)) {
    const operand = readOperand(entry);
    if (!operand) return undefined;
    // Further operands of a call are among its keyword arguments.
    operands.push(operand, ...Object.values(keywords(entry)).flatMap((v) => readOperand(v) ?? []));
  }
  return operands;
}

const keywords = (entry: unknown): Json =>
  Array.isArray(entry) && isObject(entry[3]) ? entry[3] : {};

function operationCall(node: unknown) {
  if (isObject(node)) {
    const given = Array.isArray(node.args) ? (node.args as unknown[]) : [];
    const named = isObject(node.kwargs) ? node.kwargs : {};
    return sorted([...given.map((value, i) => [`arg${i}`, value] as const), ...entriesOf(named)]);
  }
  if (!Array.isArray(node)) return undefined;
  const operands = listed(node).map(readOperand);
  if (!operands.every((operand) => operand !== undefined)) return undefined;
  const rest = sorted(entriesOf(keywords(listed(node)[0])));
  return { operands: [...operands, ...rest.operands], settings: rest.settings };
}

const entriesOf = (json: Json) => Object.entries(json);

/** Names under which TensorFlow's functions of two numbers take them. */
const NUMBERS = ['x', 'y'];

/** Tensors and the numbers beside them, and everything else by name. */
function sorted(given: readonly (readonly [string, unknown])[]) {
  const operands: Operand[] = [];
  const settings: Record<string, unknown> = {};
  for (const [name, value] of given) {
    const own = readOperand(value);
    const tensors = own ? [own] : tensorsIn(value);
    if (tensors.length > 0) operands.push(...tensors);
    else if (typeof value === 'number' && (name.startsWith('arg') || NUMBERS.includes(name)))
      operands.push({ value });
    else settings[name] = value;
  }
  return { operands, settings };
}

/** Keras 3: tensors lie anywhere among the arguments. */
function tensorsIn(value: unknown, depth = 0): Operand[] {
  if (depth > DEEPEST) return [];
  if (Array.isArray(value)) return value.flatMap((one) => tensorsIn(one, depth + 1));
  if (!isObject(value)) return [];
  if (value.class_name !== '__keras_tensor__' || !isObject(value.config))
    return Object.values(value).flatMap((one) => tensorsIn(one, depth + 1));
  const history = readOperand(value.config.keras_history);
  return history ? [history] : [];
}
