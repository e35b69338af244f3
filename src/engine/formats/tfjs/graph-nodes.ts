import { create } from '@bufbuild/protobuf';
import { AttributeProtoSchema, type TensorProto, TensorProto_DataType as Type } from 'onnx-buf';
import { TensorProtoSchema } from 'onnx-buf';
import { Attributes, type OnnxNode } from '../onnx/model.ts';

export type Attribute = number | string | readonly number[];

/** Collects ONNX nodes and constants that together do what a TensorFlow graph does. */
export class GraphNodes {
  readonly nodes: OnnxNode[] = [];
  readonly initializers = new Map<string, TensorProto>();
  private readonly places = new Map<string, string>();
  private count = 0;

  /** Adds a node; a step on the way has a name of its own. */
  add(
    op: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, Attribute>> = {},
    output = `${inputs[0]}~${this.count++} ${op}`,
  ): string {
    const attrs = Object.entries(attributes).map(([name, value]) => [
      name,
      attributeOf(name, value),
    ]);
    this.nodes.push({
      ...{ name: output, op, domain: '', inputs, outputs: [output], branches: [] },
      attrs: new Attributes(new Map(attrs as [string, ReturnType<typeof attributeOf>][])),
    });
    return output;
  }

  /**
   * Gives the last node the name of the node of the file that it stands for; who reads that reads what turns its axes
   * back, so that the layer is the operator and not the transposition.
   */
  turned(name: string, perm: readonly number[]): void {
    const last = this.nodes.pop() as OnnxNode;
    this.nodes.push({ ...last, name, outputs: [name] });
    this.places.set(name, this.add('Transpose', [name], { perm }, `${name}~turned`));
  }

  /** The tensor that holds what the node `name` of the file makes. */
  placeOf(name: string): string {
    return this.places.get(name) ?? name;
  }

  /** Whole numbers: axes, sizes. */
  ints(values: readonly number[]): string {
    const name = `~${this.count++} ${values.join()}`;
    return this.constant(name, [values.length], Type.INT64, BigInt64Array.from(values, BigInt));
  }

  /** One real number. */
  number(value: number): string {
    return this.constant(`~${this.count++} ${value}`, [], Type.FLOAT, Float32Array.of(value));
  }

  /** Shape of a constant; undefined for what is computed. */
  dimsOf(name: string): readonly number[] | undefined {
    return this.initializers.get(name)?.dims.map(Number);
  }

  constant(
    name: string,
    dims: readonly number[],
    dataType: Type,
    numbers: ArrayBufferView,
  ): string {
    const rawData = new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
    const init = {
      name,
      dims: dims.map(BigInt),
      dataType,
      rawData: rawData as Uint8Array<ArrayBuffer>,
    };
    this.initializers.set(name, create(TensorProtoSchema, init));
    return name;
  }
}

const REAL = new Set(['alpha', 'epsilon']);

function attributeOf(name: string, value: Attribute) {
  const bytes = (text: string) => new TextEncoder().encode(text);
  const one =
    typeof value === 'string'
      ? { s: bytes(value) }
      : typeof value !== 'number'
        ? { ints: value.map(BigInt) }
        : REAL.has(name)
          ? { f: value }
          : { i: BigInt(value) };
  return create(AttributeProtoSchema, { name, ...one });
}
