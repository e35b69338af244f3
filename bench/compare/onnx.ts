import type { Operation, Program } from './program.ts';
import { bytes, type Field, float, int, join, message, text } from './protobuf.ts';

const IR_VERSION = 8;
const OPSET = 17;
const FLOAT32 = 1;

/** Name of the batch, any size. */
const BATCH = 'n';

/** `program` as an ONNX file (onnx.proto, opset 17): input `x`, output `y`, any batch. */
export function toOnnx(
  { inputShape, outputs, operations }: Program,
  blob: Float32Array,
): Uint8Array {
  const initializers: Field[] = [];
  const nodes: Field[] = [];
  const last = operations.length - 1;
  const nameOf = (i: number) => (operations[i].op === 'input' ? 'x' : i === last ? 'y' : `v${i}`);
  for (const [i, operation] of operations.entries()) {
    if (operation.op === 'input') continue;
    const weights = Object.entries(operation.weights).map(([name, { offset, shape }]) => {
      const size = shape.reduce((a, b) => a * b, 1);
      const data = blob.subarray(offset, offset + size);
      initializers.push(tensor(`${name}${i}`, shape, data));
      return `${name}${i}`;
    });
    const { type, attributes } = translate(operation);
    nodes.push(
      message(1, [
        ...[...operation.inputs.map(nameOf), ...weights].map((name) => text(1, name)),
        text(2, nameOf(i)),
        text(4, type),
        ...attributes,
      ]),
    );
  }
  const graph = [
    ...nodes,
    text(2, 'network'),
    ...initializers,
    message(11, valueInfo('x', inputShape)),
    message(12, valueInfo('y', spatialOutput(operations[last]) ? [] : [outputs])),
  ];
  return join([int(1, IR_VERSION), message(7, graph), message(8, [text(1, ''), int(2, OPSET)])]);
}

const spatialOutput = ({ op }: Operation) => op !== 'dense' && op !== 'average';

function translate({ op, attributes }: Operation): { type: string; attributes: Field[] } {
  const { strides, pads, size, epsilon } = attributes;
  switch (op) {
    case 'conv':
      return { type: 'Conv', attributes: [ints('strides', strides), ints('pads', pads)] };
    case 'convTranspose':
      return { type: 'ConvTranspose', attributes: [ints('strides', strides)] };
    case 'batchNorm':
      return {
        type: 'BatchNormalization',
        attributes: [message(5, [text(1, 'epsilon'), float(2, epsilon[0]), int(20, 1)])],
      };
    case 'maxPool':
    case 'avgPool':
      return {
        type: op === 'maxPool' ? 'MaxPool' : 'AveragePool',
        attributes: [ints('kernel_shape', size), ints('strides', strides), ints('pads', pads)],
      };
    case 'average':
      return { type: 'ReduceMean', attributes: [ints('axes', [2, 3, 4]), integer('keepdims', 0)] };
    case 'relu':
      return { type: 'Relu', attributes: [] };
    case 'add':
      return { type: 'Add', attributes: [] };
    case 'concat':
      return { type: 'Concat', attributes: [integer('axis', 1)] };
    case 'flatten':
      return { type: 'Flatten', attributes: [] };
    case 'dense':
      return { type: 'Gemm', attributes: [integer('transB', 1)] };
    case 'input':
      throw new Error('the input is no node');
  }
}

function ints(name: string, values: readonly number[]): Field {
  return message(5, [text(1, name), ...values.map((value) => int(8, value)), int(20, 7)]);
}

function integer(name: string, value: number): Field {
  return message(5, [text(1, name), int(3, value), int(20, 2)]);
}

function tensor(name: string, shape: readonly number[], data: Float32Array): Field {
  const raw = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return message(5, [
    ...shape.map((n) => int(1, n)),
    int(2, FLOAT32),
    text(8, name),
    bytes(9, raw),
  ]);
}

/** `[n, ...shape]`, or no shape for none. */
function valueInfo(name: string, shape: readonly number[]): Field[] {
  const dimensions = [message(1, [text(2, BATCH)]), ...shape.map((n) => message(1, [int(1, n)]))];
  const form = shape.length > 0 ? [message(2, dimensions)] : [];
  return [text(1, name), message(2, [message(1, [int(1, FLOAT32), ...form])])];
}
