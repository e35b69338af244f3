import { fromBinary } from '@bufbuild/protobuf';
import {
  type AttributeProto,
  type FunctionProto,
  type GraphProto,
  type ModelProto,
  ModelProtoSchema,
  type NodeProto,
  type TensorProto,
  type ValueInfoProto,
} from 'onnx-buf';
import { AppError, badFile } from '../../../core/errors.ts';

/** What every message about a damaged file accepts. */
export const ACCEPTED_ONNX = 'an ONNX network in float32, float16 or float64 (torch.onnx.export)';

/** A node of the file, its local functions inlined. */
export interface OnnxNode {
  /** Empty where the exporter gave none. */
  readonly name: string;
  readonly op: string;
  /** Empty for the standard operators. */
  readonly domain: string;
  /** An empty name is an optional input left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attrs: Attributes;
  /** Of an If: what it does where its condition holds, and where not. */
  readonly branches: readonly OnnxBranch[];
}

/** Nodes of one branch of an If, which may read what is known around it. */
export interface OnnxBranch {
  readonly nodes: readonly OnnxNode[];
  readonly initializers: ReadonlyMap<string, TensorProto>;
  readonly outputs: readonly string[];
}

export interface OnnxInput {
  readonly name: string;
  /** -1 where the file leaves a size open; undefined where it gives no shape at all. */
  readonly dims: readonly number[] | undefined;
}

export interface OnnxModel {
  /** E.g. `pytorch 2.13.0`. */
  readonly producer: string;
  readonly opset: number;
  readonly nodes: readonly OnnxNode[];
  readonly initializers: ReadonlyMap<string, TensorProto>;
  /** Those that are not initializers. */
  readonly inputs: readonly OnnxInput[];
  readonly outputs: readonly string[];
}

/** Attributes of a node by name, checked when they are read. */
export class Attributes {
  constructor(private readonly byName: ReadonlyMap<string, AttributeProto>) {}

  has(name: string): boolean {
    return this.byName.has(name);
  }
  int(name: string, otherwise: number): number {
    const attribute = this.byName.get(name);
    return attribute ? Number(attribute.i) : otherwise;
  }
  float(name: string, otherwise: number): number {
    return this.byName.get(name)?.f ?? otherwise;
  }
  text(name: string, otherwise: string): string {
    const attribute = this.byName.get(name);
    return attribute ? new TextDecoder().decode(attribute.s) : otherwise;
  }
  ints(name: string): readonly number[] | undefined {
    return this.byName.get(name)?.ints.map(Number);
  }
  floats(name: string): readonly number[] | undefined {
    return this.byName.get(name)?.floats;
  }
  tensor(name: string): TensorProto | undefined {
    return this.byName.get(name)?.t;
  }
  graph(name: string): GraphProto | undefined {
    return this.byName.get(name)?.g;
  }
}

/** Nodes after inlining that a file may have, and how deep functions may call each other. */
const MOST_NODES = 200_000;
const MOST_NESTED = 32;

/**
 * Reads the structure of an ONNX file; weights stay views of `bytes`.
 * @throws AppError `bad-file`
 */
export function readOnnx(bytes: Uint8Array, file: string): OnnxModel {
  let proto: ModelProto;
  try {
    proto = fromBinary(ModelProtoSchema, bytes);
  } catch (error) {
    throw badFile(
      file,
      `not readable as ONNX, the file is damaged or no protobuf (${error instanceof Error ? error.message : error})`,
      ACCEPTED_ONNX,
    );
  }
  const { graph } = proto;
  if (!graph || graph.node.length === 0) {
    throw badFile(file, 'not an ONNX network: it holds no graph of operators', ACCEPTED_ONNX);
  }
  const opset = Number(
    proto.opsetImport.find(({ domain }) => isStandard(domain))?.version ??
      (Number(proto.irVersion) < 3 ? 1n : 0n),
  );
  if (opset < 7 || opset > 26) {
    throw badFile(file, `its operator set is ${opset || 'not given'}`, 'operator sets 7 to 26');
  }
  const [sparse] = graph.sparseInitializer;
  if (sparse) {
    throw new AppError(
      'unsupported',
      `${file}: its weight ${sparse.values?.name || 'without a name'} is stored as a sparse tensor; accepted: weights stored whole (initializer in place of sparse_initializer)`,
    );
  }
  const initializers = new Map(graph.initializer.map((tensor) => [tensor.name, tensor]));
  return {
    producer: `${proto.producerName} ${proto.producerVersion}`.trim(),
    opset,
    nodes: inline(graph, proto.functions, file),
    initializers,
    inputs: graph.input
      .filter(({ name }) => !initializers.has(name))
      .map((info) => ({ name: info.name, dims: dimsOf(info) })),
    outputs: graph.output.map(({ name }) => name),
  };
}

const isStandard = (domain: string) => domain === '' || domain === 'ai.onnx';

function dimsOf({ type }: ValueInfoProto): number[] | undefined {
  if (type?.value.case !== 'tensorType') return undefined;
  return type.value.value.shape?.dim.map(({ value }) =>
    value.case === 'dimValue' && value.value > 0n ? Number(value.value) : -1,
  );
}

/** Where a node stands: within which functions and branches. */
interface Scope {
  readonly rename: (tensor: string) => string;
  /** Attributes of the function that it is part of. */
  readonly given: ReadonlyMap<string, AttributeProto>;
  readonly prefix: string;
  readonly depth: number;
  /** Where it goes. */
  readonly into: OnnxNode[];
}

/** The graph's nodes with every call of a local function replaced by its body. */
function inline(
  graph: GraphProto,
  functions: readonly FunctionProto[],
  file: string,
): readonly OnnxNode[] {
  const byName = new Map(functions.map((f) => [`${f.domain} ${f.name} ${f.overload}`, f]));
  const nodes: OnnxNode[] = [];
  let count = 0;

  const add = (
    { name, opType, domain, overload, input, output, attribute }: NodeProto,
    { rename, given, prefix, depth, into }: Scope,
  ) => {
    const attrs = new Map<string, AttributeProto>();
    for (const own of attribute) {
      const value = own.refAttrName ? given.get(own.refAttrName) : own;
      if (value) attrs.set(own.name, value);
    }
    const inputs = input.map(rename);
    const outputs = output.map(rename);
    const body = byName.get(`${domain} ${opType} ${overload}`);
    if (!body) {
      const standard = isStandard(domain) ? '' : domain;
      const own = { name: name && prefix + name, op: opType, domain: standard };
      const known = new Attributes(attrs);
      const names = opType === 'If' && standard === '' ? ['then_branch', 'else_branch'] : [];
      const branches = names.flatMap((branch): OnnxBranch[] => {
        const graph = known.graph(branch);
        if (!graph) return [];
        if (depth === MOST_NESTED)
          throw badFile(file, 'its conditions lie too deep within each other', ACCEPTED_ONNX);
        const inner: OnnxNode[] = [];
        for (const node of graph.node)
          add(node, { rename, given, prefix, depth: depth + 1, into: inner });
        const own = graph.initializer.map((tensor) => [rename(tensor.name), tensor] as const);
        const made = graph.output.map((output) => rename(output.name));
        return [{ nodes: inner, initializers: new Map(own), outputs: made }];
      });
      into.push({ ...own, inputs, outputs, attrs: known, branches });
      if (++count > MOST_NODES)
        throw badFile(file, `it has more than ${MOST_NODES} nodes`, ACCEPTED_ONNX);
      return;
    }
    if (depth === MOST_NESTED)
      throw badFile(file, `its function ${body.name} calls itself`, ACCEPTED_ONNX);
    const scope = `${prefix}${name || outputs[0]}/`;
    const bound = new Map<string, string>();
    for (const [i, inner] of body.input.entries()) bound.set(inner, inputs[i] ?? '');
    for (const [i, inner] of body.output.entries()) bound.set(inner, outputs[i] ?? '');
    const inside = (tensor: string) => bound.get(tensor) ?? (tensor && `${scope}${tensor}`);
    const defaults = body.attributeProto.map((a) => [a.name, a] as const);
    const values = new Map([...defaults, ...attrs]);
    for (const node of body.node)
      add(node, { rename: inside, given: values, prefix: scope, depth: depth + 1, into });
  };
  const outside = { rename: (tensor: string) => tensor, given: new Map(), prefix: '', depth: 0 };
  for (const node of graph.node) add(node, { ...outside, into: nodes });
  return nodes;
}
