import { type TensorProto, TensorProto_DataType as Type } from 'onnx-buf';
import { badFile } from '../../../core/errors.ts';
import { fromHalf } from '../../../core/volume/half.ts';
import {
  decodeNumbers,
  fromBrain,
  NUMBER_TYPES,
  type Numbers,
  type NumberType,
} from '../numbers.ts';
import { channelsBehind, type ReadNumbers } from '../kernels.ts';
import { inMemory } from '../../model/stored.ts';
import type { Raw } from './external.ts';
import { ACCEPTED_ONNX } from './model.ts';

/** A tensor whose numbers are known at import: weights, and what is computed from shapes. */
export interface Constant {
  readonly dims: readonly number[];
  readonly data: Numbers;
  /** Whether division truncates. */
  readonly integer: boolean;
  /** Some of `data`, of those that are decoded again each time. */
  readonly part?: (from: number, to: number) => Numbers;
}

/** Reads some of the numbers of a constant, and the others only where it has to. */
export function readerOf(constant: Constant): ReadNumbers {
  let data: Numbers | undefined;
  const part = (from: number, to: number) => {
    data ??= constant.data;
    return data.subarray(from, to);
  };
  return constant.part ?? part;
}

/** The same whose numbers are decoded no more than once, unless in parts. */
export function decodedOnce(constant: Constant): Constant {
  let data: Numbers | undefined;
  const { dims, integer, part } = constant;
  return {
    dims,
    integer,
    part,
    get data() {
      data ??= constant.data;
      return data;
    },
  };
}

/** The same numbers in another shape. */
export const reshapedTo = (constant: Constant, dims: readonly number[]): Constant => ({
  dims,
  integer: constant.integer,
  part: constant.part,
  get data() {
    return constant.data;
  },
});

/** A matrix the other way round; a large one is made whenever its numbers are asked for. */
export function turnedMatrix(matrix: Constant): Constant {
  const { dims, integer } = matrix;
  const make = () => channelsBehind(readerOf(matrix), dims);
  const turned = { dims: [dims[1], dims[0]], integer };
  if (sizeOf(dims) <= KEPT_NUMBERS) return { ...turned, data: make() };
  return {
    ...turned,
    get data() {
      return make();
    },
  };
}

/** Numbers that a constant made at import may have. */
export const MOST_NUMBERS = 2 ** 27;

/** Larger tensors are decoded whenever their numbers are asked for: no second copy of weights stays. */
const KEPT_NUMBERS = 2 ** 16;

export const sizeOf = (dims: readonly number[]) => dims.reduce((a, b) => a * b, 1);

export const integers = (values: readonly number[], dims = [values.length]): Constant => ({
  dims,
  data: Float64Array.from(values),
  integer: true,
});

interface Row {
  readonly type: NumberType;
  /** The field used in place of raw bytes. */
  readonly field: 'floatData' | 'int32Data' | 'int64Data' | 'doubleData' | 'uint64Data';
  /** What one entry of `field` stands for, where that is not the number itself. */
  readonly decode?: (stored: number) => number;
}

/** onnx.proto, TensorProto. */
const TYPES: Partial<Record<Type, Row>> = {
  [Type.FLOAT]: { type: 'float32', field: 'floatData' },
  [Type.DOUBLE]: { type: 'float64', field: 'doubleData' },
  [Type.FLOAT16]: { type: 'float16', field: 'int32Data', decode: fromHalf },
  [Type.BFLOAT16]: { type: 'bfloat16', field: 'int32Data', decode: fromBrain },
  [Type.INT64]: { type: 'int64', field: 'int64Data' },
  [Type.UINT64]: { type: 'uint64', field: 'uint64Data' },
  [Type.UINT32]: { type: 'uint32', field: 'uint64Data' },
  [Type.INT32]: { type: 'int32', field: 'int32Data' },
  [Type.INT16]: { type: 'int16', field: 'int32Data' },
  [Type.UINT16]: { type: 'uint16', field: 'int32Data' },
  [Type.INT8]: { type: 'int8', field: 'int32Data' },
  [Type.UINT8]: { type: 'uint8', field: 'int32Data' },
  [Type.BOOL]: { type: 'bool', field: 'int32Data' },
};

/** Whether ONNX element type `type` counts as whole numbers. */
export function isInteger(type: number): boolean {
  const row = TYPES[type as Type];
  return row !== undefined && NUMBER_TYPES[row.type].integer;
}

/**
 * The numbers of a tensor of the file. `raw` holds them where the file keeps them elsewhere.
 * @throws AppError `bad-file` where their count is not that of the dimensions
 */
export function constantOf(tensor: TensorProto, raw: Raw | undefined, file: string): Constant {
  const dims = tensor.dims.map(Number);
  const name = tensor.name ? `initializer ${tensor.name}` : 'a Constant node';
  const row = TYPES[tensor.dataType as Type];
  if (!row) {
    const type = Type[tensor.dataType] ?? tensor.dataType;
    throw badFile(file, `${name} is of type ${type}`, ACCEPTED_ONNX);
  }
  const { bytes: step, integer } = NUMBER_TYPES[row.type];
  const bytes = raw ?? inMemory(tensor.rawData);
  const listed = bytes.size > 0 ? [] : tensor[row.field];
  const size = sizeOf(dims);
  const held = bytes.size > 0 ? bytes.size / step : listed.length;
  if (dims.some((n) => n < 0) || held !== size) {
    throw badFile(
      file,
      `${name} declares ${size} numbers (${dims.join(', ')}) but holds ${held}`,
      'the file as it was exported',
    );
  }
  if (bytes.size > 0) {
    const part = (from: number, to: number) =>
      decodeNumbers(bytes.part(from * step, to * step), row.type);
    if (size <= KEPT_NUMBERS) return { dims, integer, data: part(0, size) };
    return {
      dims,
      integer,
      part,
      get data() {
        return part(0, size);
      },
    };
  }
  const decode = row.decode ?? ((stored: number) => stored);
  const data = integer ? new Float64Array(size) : new Float32Array(size);
  for (let i = 0; i < size; i++) data[i] = decode(Number(listed[i]));
  return { dims, integer, data };
}
