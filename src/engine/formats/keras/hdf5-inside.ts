import type { Dataset, Group } from 'jsfive';

/**
 * What is taken from the inside of jsfive, whose version is pinned: it reads numbers one by one into a list, has no
 * opaque type (in which Keras keeps bfloat16) and trusts the counts of attributes.
 */

/** Numbers of messages in the header of an object (HDF5 file format specification, IV.A.2). */
const MESSAGE = { datatype: 0x03, layout: 0x08 } as const;
const OPAQUE = 5;
const CONTIGUOUS = 1;

/** Where the numbers of a dataset lie one behind the other; null where they are in chunks. */
export function placeOf({ _dataobjects: objects }: Dataset, file: DataView): number | null {
  const at = offsetOf(objects, MESSAGE.layout);
  const [, , layout, address] = objects._get_data_message_properties(at);
  return layout === CONTIGUOUS ? Number(file.getBigUint64(address, true)) : null;
}

/** Bytes of one element where the type is opaque, else null. */
export function opaqueSize({ _dataobjects: objects }: Dataset, file: DataView): number | null {
  const at = offsetOf(objects, MESSAGE.datatype);
  return (file.getUint8(at) & 0x0f) === OPAQUE ? file.getUint32(at + 4, true) : null;
}

function offsetOf(objects: Dataset['_dataobjects'], type: number): number {
  const offset = objects.find_msg_type(type)[0]?.get('offset_to_message');
  if (offset === undefined) throw new Error('a message of its header is missing');
  return offset;
}

/** Attributes of a group or dataset; `take` is asked before so many values of one are read. */
export function attributesOf(
  entry: Group | Dataset,
  take: (count: number) => void,
): Record<string, unknown> {
  const objects = entry._dataobjects;
  const read = objects._attr_value.bind(objects);
  objects._attr_value = (dtype, buffer, count, offset) => {
    take(count);
    return read(dtype, buffer, count, offset);
  };
  return entry.attrs;
}
