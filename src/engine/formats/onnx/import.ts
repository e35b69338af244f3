import type { TensorProto } from 'onnx-buf';
import { AppError, badFile } from '../../../core/errors.ts';
import type { Graph, Output } from '../../graph/types.ts';
import { type DataValue, dimsOf, OnnxBuilder, type Value } from './builder.ts';
import { type Constant, constantOf, decodedOnce, integers, isInteger, sizeOf } from './constant.ts';
import { Context, Unsupported } from './context.ts';
import type { Raw } from './external.ts';
import { TooLarge } from './fold/fold.ts';
import { FOLDS } from './fold/table.ts';
import {
  ACCEPTED_ONNX,
  type OnnxBranch,
  type OnnxInput,
  type OnnxModel,
  type OnnxNode,
} from './model.ts';
import { ROWS } from './table.ts';
import type { NamedTensor } from '../safetensors.ts';
import type { WeightsApart } from '../weights-apart.ts';
import { openSize } from '../open-size.ts';

export interface OnnxOptions {
  /** What to call the network in messages. */
  readonly file: string;
  /** Bytes of a tensor that the file keeps in another file. */
  readonly external: (tensor: TensorProto) => Raw | undefined;
  /** Numbers to use in place of an initializer's. */
  readonly replace?: WeightsApart;
  /** See `ReadingWith`. */
  readonly inputShape?: readonly number[];
}

const QUANTISED = /^(Q(Linear|uantize)|Dequantize|DynamicQuantize|MatMulInteger|ConvInteger)/;
const CONTROL = /^(If|Loop|Scan|SequenceMap)$/;

/**
 * The network of an ONNX file as this project's graph, channels last: shape arithmetic is folded for the input's
 * size, transpositions and reshapes that later ones undo cost nothing.
 * @throws AppError `bad-file` for damage, `unsupported` with all operators that cannot be taken over
 */
export function importOnnx(model: OnnxModel, options: OnnxOptions): Graph {
  const { file } = options;
  const builder = new OnnxBuilder(file, model.opset, model.producer);
  const wanted = explainedOf(model);
  const nodes = needed(model, wanted, file);
  const values = new Map<string, Value>();
  const lost = new Set<string>();
  const problems: string[] = [];
  const read = new Set(nodes.flatMap(allReadsOf));

  for (const [name, tensor] of model.initializers) {
    const shape = tensor.dims.map(Number);
    const replaced = isInteger(tensor.dataType) ? undefined : options.replace?.take([name], shape);
    const lazy = (): Constant =>
      replaced ? constantFrom(replaced) : constantOf(tensor, options.external(tensor), file);
    values.set(name, lazyConstant(name, lazy));
  }
  const input = inputOf(model, nodes, file);
  values.set(input.name, inputValue(builder, input, nodes, options));

  const takeAll = (list: readonly OnnxNode[]) => {
    for (const node of list) {
      if (node.inputs.some((name) => lost.has(name))) {
        // All that is not known is named at once, whatever it would have been given.
        if (!isKnown(node)) problems.push(whereIs(node));
        for (const name of node.outputs) lost.add(name);
        continue;
      }
      try {
        const branch = branchOf(node, values);
        if (branch) takeBranch(node, branch);
        else {
          const made = take(builder, node, values, options);
          for (const [i, name] of node.outputs.entries()) {
            if (made[i]) values.set(name, made[i]);
            else if (name !== '' && read.has(name)) throw new Unsupported(notMade(node, i));
          }
        }
      } catch (error) {
        problems.push(problem(node, error, file));
        for (const name of node.outputs) lost.add(name);
      }
    }
  };
  /** What it makes is the If's. */
  const takeBranch = ({ outputs }: OnnxNode, branch: OnnxBranch) => {
    for (const [name, tensor] of branch.initializers)
      values.set(
        name,
        lazyConstant(name, () => constantOf(tensor, options.external(tensor), file)),
      );
    takeAll(branch.nodes);
    for (const [i, name] of outputs.entries()) {
      const made = values.get(branch.outputs[i]);
      const own = branch.nodes.some((node) => node.outputs.includes(branch.outputs[i]));
      if (made && !lost.has(branch.outputs[i]))
        values.set(name, own ? builder.renamed(made, name) : made);
      else lost.add(name);
    }
  };
  takeAll(nodes);
  if (problems.length > 0) throw unsupported(file, problems);
  const outputs = outputsOf(wanted, builder, values, file);
  // Vectors can be asked for by name, whether or not anything reads them as they are.
  for (const value of values.values())
    if (value.kind === 'reshaped' && value.dims.length <= 2) builder.dataOf(value);
  return builder.finish(outputs);
}

/** The branch of an If whose condition is known. */
function branchOf(
  { branches, inputs }: OnnxNode,
  values: ReadonlyMap<string, Value>,
): OnnxBranch | undefined {
  const condition = branches.length === 2 ? values.get(inputs[0]) : undefined;
  if (condition?.kind !== 'constant') return undefined;
  return branches[condition.constant.data[0] ? 0 : 1];
}

/** What a node reads, and its branches, which may be made within them. */
const allReadsOf = ({ inputs, branches }: OnnxNode): readonly string[] => [
  ...inputs,
  ...branches.flatMap(({ nodes, outputs }) => [...nodes.flatMap(allReadsOf), ...outputs]),
];

/** All that a node reads: its inputs, and what its branches take from around them. */
function readsOf({ inputs, branches }: OnnxNode): readonly string[] {
  return [
    ...inputs,
    ...branches.flatMap(({ nodes, initializers, outputs }) => {
      const own = new Set([...initializers.keys(), ...nodes.flatMap((node) => node.outputs)]);
      return [...nodes.flatMap(readsOf), ...outputs].filter((name) => !own.has(name));
    }),
  ];
}

const constantFrom = ({ dims, numbers }: NamedTensor): Constant => ({
  dims,
  integer: false,
  part: numbers,
  get data() {
    return numbers();
  },
});

function lazyConstant(name: string, read: () => Constant): Value {
  let known: Constant | undefined;
  return {
    kind: 'constant',
    name,
    get constant() {
      known ??= read();
      return known;
    },
  };
}

const rowOf = <T>(table: Readonly<Record<string, T>>, { op, domain }: OnnxNode): T | undefined =>
  domain === '' && Object.hasOwn(table, op) ? table[op] : undefined;

/** Whether an operator is known by its name, whatever it is given. */
const isKnown = (node: OnnxNode) =>
  node.op === 'Shape' ||
  node.branches.length > 0 ||
  rowOf(ROWS, node) !== undefined ||
  rowOf(FOLDS, node) !== undefined;

/** Folds what is known, else asks the table. */
function take(
  builder: OnnxBuilder,
  node: OnnxNode,
  values: ReadonlyMap<string, Value>,
  options: OnnxOptions,
): readonly (Value | undefined)[] {
  const inputs = node.inputs.map((name) => (name === '' ? undefined : values.get(name)));
  const [name] = node.outputs;
  if (node.op === 'Constant') return [lazyConstant(name, () => constantNode(node, options))];
  if (node.op === 'Shape' && inputs[0]) {
    const dims = dimsOf(inputs[0]);
    const part = dims.slice(node.attrs.int('start', 0), node.attrs.int('end', dims.length));
    return [{ kind: 'constant', name, constant: integers(part) }];
  }
  // Of what it is cast like, only the type matters.
  const read = node.op === 'CastLike' ? inputs.slice(0, 1) : inputs;
  const known = read.every((x) => x === undefined || x.kind === 'constant');
  const fold = rowOf(FOLDS, node);
  if (known && fold) {
    const constants = inputs.map((x) =>
      x?.kind === 'constant' ? decodedOnce(x.constant) : undefined,
    );
    const result = fold(constants, node.attrs, builder.opset, node.outputs.length);
    if (!result) throw new Unsupported('its inputs do not fit together');
    return [result].flat().map((constant, i) => ({
      kind: 'constant',
      name: node.outputs[i],
      constant,
    }));
  }
  const row = rowOf(ROWS, node);
  if (!row) throw new Unsupported('');
  return [row(new Context(builder, node, inputs))].flat();
}

function constantNode(node: OnnxNode, { file, external }: OnnxOptions): Constant {
  const { attrs } = node;
  const tensor = attrs.tensor('value');
  if (tensor) return constantOf(tensor, external(tensor), file);
  for (const name of ['value_int', 'value_float', 'value_ints', 'value_floats']) {
    if (!attrs.has(name)) continue;
    const integer = name.startsWith('value_int');
    const list = integer ? attrs.ints(name) : attrs.floats(name);
    const single = integer ? attrs.int(name, 0) : attrs.float(name, 0);
    const plural = name.endsWith('s');
    const numbers = plural ? (list ?? []) : [single];
    const data = integer ? Float64Array.from(numbers) : Float32Array.from(numbers);
    return { dims: plural ? [numbers.length] : [], data, integer };
  }
  throw new Unsupported(
    attrs.has('sparse_value')
      ? 'its numbers are stored as a sparse tensor, not whole'
      : 'a constant that is no number',
  );
}

const whereIs = ({ domain, op, name, outputs }: OnnxNode) =>
  `${domain && `${domain}.`}${op} (${name || outputs[0]})`;

const notMade = ({ op, outputs }: OnnxNode, i: number) =>
  op === 'MaxPool'
    ? `where its maxima lie (${outputs[i]}), as unpooling asks, is not kept here`
    : `its output ${outputs[i]} is not made here`;

function problem(node: OnnxNode, error: unknown, file: string): string {
  const where = whereIs(node);
  if (error instanceof TooLarge) {
    throw badFile(
      file,
      `${where} ${error.message}, too large for the memory there is`,
      ACCEPTED_ONNX,
    );
  }
  if (error instanceof AppError) throw error;
  if (error instanceof Unsupported) return error.message ? `${where}: ${error.message}` : where;
  throw badFile(file, `${where}: its attributes do not fit its inputs`, ACCEPTED_ONNX);
}

function unsupported(file: string, problems: readonly string[]): AppError {
  const control = problems.find((text) => CONTROL.test(text.split(' ')[0]));
  const quantised = problems.find((text) => QUANTISED.test(text.split(' ')[0]));
  const list = problems.slice(0, 12).join('; ');
  const more = problems.length > 12 ? ` and ${problems.length - 12} more` : '';
  const what = quantised
    ? `a quantised network, which has no useful gradient: ${list}${more}; accepted: the same network exported in float32`
    : control
      ? `control flow cannot be differentiated: ${list}${more}; accepted: a network exported without it (torch.onnx.export of the traced module)`
      : `not supported: ${list}${more}; accepted: networks of convolutions, pooling, normalisation, activations, linear layers and operators on shapes`;
  return new AppError('unsupported', `${file}: ${what}`);
}

const CHOICE = /^(ArgMax|ArgMin|TopK|Greater|GreaterOrEqual|Less|LessOrEqual)$/;
const SAME_CHOICE = /^(Cast|Identity|Squeeze|Unsqueeze|Reshape|Flatten)$/;

/** The outputs; one that says which is the largest, or what is above a threshold, stands for the scores that it looks at. */
function explainedOf({ nodes, outputs, initializers }: OnnxModel): readonly string[] {
  const maker = new Map(nodes.flatMap((node) => node.outputs.map((name) => [name, node] as const)));
  const known = (name: string) => initializers.has(name) || maker.get(name)?.op === 'Constant';
  const behind = (output: string): string => {
    const seen = new Set<OnnxNode>();
    let node = maker.get(output);
    while (node && !seen.has(node) && SAME_CHOICE.test(node.op)) {
      seen.add(node);
      node = maker.get(node.inputs[0]);
    }
    const from =
      node && CHOICE.test(node.op) ? node.inputs.find((name) => !known(name)) : undefined;
    return from ?? output;
  };
  return [...new Set(outputs.map(behind))];
}

/** The nodes that the outputs depend on, each after those that it takes from. */
function needed(model: OnnxModel, wanted: readonly string[], file: string): readonly OnnxNode[] {
  const maker = new Map<string, OnnxNode>();
  for (const node of model.nodes) {
    for (const name of node.outputs) {
      if (name === '') continue;
      if (maker.has(name))
        throw badFile(file, `two nodes make the tensor '${name}'`, ACCEPTED_ONNX);
      maker.set(name, node);
    }
  }
  const given = new Set([...model.initializers.keys(), ...model.inputs.map(({ name }) => name)]);
  const order: OnnxNode[] = [];
  const state = new Map<OnnxNode, 'open' | 'done'>();
  // A stack of our own: a file may chain more nodes than calls can be nested.
  const stack: { node: OnnxNode; reads: readonly string[]; next: number }[] = [];
  const open = (tensor: string, by: string) => {
    if (tensor === '' || given.has(tensor)) return;
    const node = maker.get(tensor);
    if (!node) {
      throw badFile(
        file,
        `${by} takes '${tensor}', which nothing makes: neither an input, an initializer nor a node`,
        ACCEPTED_ONNX,
      );
    }
    if (state.get(node) === 'open')
      throw badFile(file, `${node.op} (${node.name || tensor}) depends on itself`, ACCEPTED_ONNX);
    if (state.has(node)) return;
    state.set(node, 'open');
    stack.push({ node, reads: readsOf(node), next: 0 });
  };
  for (const output of wanted) {
    open(output, 'the graph');
    while (stack.length > 0) {
      const top = stack[stack.length - 1];
      const { node } = top;
      if (top.next < top.reads.length) {
        open(top.reads[top.next++], `${node.op} (${node.name || node.outputs[0]})`);
      } else {
        state.set(node, 'done');
        order.push(node);
        stack.pop();
      }
    }
  }
  return order;
}

/** The one input that the outputs depend on. */
function inputOf({ inputs }: OnnxModel, nodes: readonly OnnxNode[], file: string): OnnxInput {
  const read = new Set(nodes.flatMap(readsOf));
  const used = inputs.filter(({ name }) => read.has(name));
  if (used.length === 1) return used[0];
  const names = used.map(({ name }) => name).join(', ') || 'none';
  throw new AppError(
    'unsupported',
    `${file}: its outputs depend on ${used.length} inputs (${names}); accepted: networks with one input`,
  );
}

function inputValue(
  builder: OnnxBuilder,
  { name, dims }: OnnxInput,
  nodes: readonly OnnxNode[],
  { file, inputShape }: OnnxOptions,
): DataValue {
  if (!dims || dims.length < 3 || dims.length > 5) {
    throw new AppError(
      'unsupported',
      `${file}: its input ${name} has the shape [${dims ?? 'not given'}]; accepted: [batch, channels, z, y, x] or [batch, channels, y, x], or the same with the channels last`,
    );
  }
  const channel = channelOf(name, dims, nodes);
  const spatial = dims.map((_, i) => i).filter((i) => i > 0 && i !== channel);
  const known = openSize(inputShape, dims.slice(1), channel - 1);
  const whole = dims.map((size, axis) => {
    if (size > 0) return size;
    if (axis === 0) return 1;
    const own = known?.[axis - 1];
    if (own !== undefined) return own;
    if (axis === channel) return 1;
    throw new AppError(
      'unsupported',
      `${file}: its input ${name} leaves its size open, [${dims.map((n) => (n < 0 ? 'any' : n))}], so a volume has to be there first; accepted: a network with a fixed input size, or a volume opened before it`,
    );
  });
  if (whole[0] !== 1 || sizeOf(whole) > 2 ** 31) {
    throw new AppError(
      'unsupported',
      `${file}: its input ${name} has the shape [${whole}]; accepted: one volume at a time, of at most 2^31 voxels`,
    );
  }
  const origin = { name, kind: 'Input', node: '' };
  const axes = [...spatial, channel];
  const open = spatial.some((axis) => !(dims[axis] > 0));
  return builder.input(origin, whole, axes, channel, open);
}

const CHANNEL_SECOND =
  /^(Conv|ConvTranspose|MaxPool|AveragePool|BatchNormalization|InstanceNormalization|GroupNormalization|Global\w+Pool|Resize|PRelu)$/;

/** Which axis of the input its first convolution takes for the channels, seen through transpositions; else the second. */
function channelOf(input: string, dims: readonly number[], nodes: readonly OnnxNode[]): number {
  /** By tensor: the input's axis at each of its axes. */
  const known = new Map([[input, dims.map((_, i) => i)]]);
  for (const node of nodes) {
    const from = known.get(node.inputs[0]);
    if (!from) continue;
    if (CHANNEL_SECOND.test(node.op)) return from[1];
    const order = node.op === 'Transpose' ? node.attrs.ints('perm') : undefined;
    if (/^(Reshape|Flatten|Squeeze|Unsqueeze|Shape|Reduce\w+|Gemm|MatMul)$/.test(node.op)) continue;
    known.set(node.outputs[0], order ? order.map((axis) => from[axis]) : from);
  }
  return 1;
}

function outputsOf(
  wanted: readonly string[],
  builder: OnnxBuilder,
  values: ReadonlyMap<string, Value>,
  file: string,
): Output[] {
  const outputs: Output[] = [];
  for (const name of wanted) {
    const value = values.get(name);
    if (value && value.kind !== 'constant' && value.kind !== 'mask')
      outputs.push({ name, node: builder.dataOf(value).node });
  }
  if (outputs.length > 0) return outputs;
  throw badFile(file, 'none of its outputs depends on its input', ACCEPTED_ONNX);
}
