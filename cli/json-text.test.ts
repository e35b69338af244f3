import { expect, it } from 'vitest';
import { jsonText } from './json-text.ts';

async function* each(list: readonly unknown[]) {
  yield* list;
}

it.each([0, 1, 2])('is what JSON.stringify gives, with an indent of %d', async (indent) => {
  const long = 'x'.repeat(100_000);
  const lists = [[], [1, { a: [], b: 'line\nbreak' }, long, null, [[2]]]];
  for (const list of lists) {
    const rest = { '"key"': { deep: [1, [2]], none: {} }, absent: undefined, nothing: null };
    let text = '';
    for await (const piece of jsonText({ ...rest, list: each(list), last: [3] }, indent)) {
      text += piece;
    }
    expect(text).toBe(JSON.stringify({ ...rest, list, last: [3] }, null, indent));
  }
  let empty = '';
  for await (const piece of jsonText({}, indent)) empty += piece;
  expect(empty).toBe('{}');
});
