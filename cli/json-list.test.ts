import { expect, it } from 'vitest';
import { outlineOf } from './json-list.ts';

/** The entries of the list `volumes` of a document, as text. */
async function entries(document: string): Promise<string[]> {
  const bytes = new TextEncoder().encode(document);
  const source = {
    name: 'part.json',
    size: bytes.length,
    read: async (from: number, to: number) => bytes.subarray(from, to),
  };
  const found: string[] = [];
  const { rest, lists } = await outlineOf(source, ['volumes'], 'a shard');
  const whole = JSON.parse(document);
  expect(rest).toEqual('volumes' in whole ? { ...whole, volumes: [] } : whole);
  for (const { from, to } of lists.volumes)
    found.push(new TextDecoder().decode(bytes.subarray(from, to)));
  return found;
}

it('finds the objects of one list of a document, whatever their texts hold', async () => {
  const one = '{"a": "]}\\"{", "volumes": [{}], "µ": [[1], {"b": {}}]}';
  expect(
    await entries(`{"x": [{}], "volumes": [ ${one},\n{} ], "y": {"volumes": [{"c": 1}]}}`),
  ).toEqual([one, '{}']);
  expect(await entries('{"volumes": []}')).toEqual([]);
  const filled = `{"b": "${'x'.repeat(9 * 2 ** 20)}"}`;
  expect(await entries(`{"volumes": [${filled}, {}]}`)).toEqual([filled, '{}']);
});

it.each([
  ['[]', 'not one JSON document'],
  ['{"volumes": []} {}', 'not one JSON document'],
  ['{"volumes": [{}', 'it ends too early'],
  ['{"volumes": [3]}', 'more than objects'],
])('refuses %s', async (document, message) => {
  await expect(entries(document)).rejects.toThrow(message);
  await expect(entries(document)).rejects.toThrow('part.json');
});
