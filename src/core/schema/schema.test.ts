import { describe, expect, it } from 'vitest';
import { AppError } from '../errors.ts';
import {
  line,
  list,
  nullable,
  number,
  object,
  oneOf,
  parseJson,
  quoted,
  type Schema,
  validate,
  whole,
} from './index.ts';

const problem = (schema: Schema<unknown>, value: unknown) => {
  try {
    validate(schema, value, 'f.json');
    return 'accepted';
  } catch (error) {
    expect(error).toBeInstanceOf(AppError);
    return (error as Error).message;
  }
};

describe('a schema', () => {
  const schema = object(
    { n: whole({ max: 9 }), items: list(object({ score: nullable(number()) }), { max: 2 }) },
    { name: line(5), how: oneOf('a', 'b'), normalization: line(9) },
    'note',
  );
  const good = { n: 3, items: [{ score: null }, { score: 0.5 }] };

  it('gives what it knows and notes the rest', () => {
    const notes: string[] = [];
    const read = validate(schema, { ...good, name: 'x', author: 'me', year: 1 }, 'f.json', notes);
    expect(read).toEqual({ ...good, name: 'x' });
    expect(notes).toEqual(['f.json: unknown keys, left alone: "author", "year"']);
  });

  it.each([
    [null, 'f.json: this is null; accepted: a JSON object { ... }'],
    [[], 'f.json: this is an empty list; accepted: a JSON object { ... }'],
    [{ ...good, n: '3' }, 'f.json: "n" is "3"; accepted: a whole number from 0 to 9'],
    [{ ...good, n: 3.5 }, 'f.json: "n" is 3.5; accepted: a whole number from 0 to 9'],
    [{ items: [] }, 'f.json: "n" is missing; accepted: a whole number from 0 to 9'],
    [{ ...good, items: {} }, 'f.json: "items" is an object; accepted: a list up to 2 long'],
    [
      { ...good, items: [{ score: 1 }, {}] },
      'f.json: "items[1].score" is missing; accepted: a number',
    ],
    [
      JSON.parse('{ "n": 1, "items": [{ "score": 1e999 }] }'),
      'f.json: "items[0].score" is beyond all numbers; accepted: a number',
    ],
    [{ ...good, how: 'c' }, 'f.json: "how" is "c"; accepted: a, b'],
    [{ ...good, how: null }, 'f.json: "how" is null; accepted: a, b'],
    [
      { ...good, normalisation: 'x' },
      'f.json: this has the key "normalisation", which means nothing; accepted: "normalization"',
    ],
    [{ ...good, Name: 'x' }, /has the key "Name", which means nothing; accepted: "name"$/],
    [{ ...good, name: '\u001b[2J' }, /"name" is "\\u001b\[2J"; accepted: text of one line without/],
    [{ ...good, name: '\u202egnp' }, /"name" is "\\u202egnp"; accepted/],
    [{ ...good, name: '' }, /"name" is ""; accepted/],
    [JSON.parse('{ "n": 1, "items": [], "__proto__": 5 }'), 'accepted'],
  ])('names key, value and what is accepted: %j', (value, message) => {
    const said = problem(schema, value);
    if (typeof message === 'string') expect(said).toBe(message);
    else expect(said).toMatch(message);
  });

  it('shows values on one short line', () => {
    expect(quoted('x'.repeat(1000))).toHaveLength(63);
    expect(quoted('\u009b31m')).toBe('"\\u009b31m"');
  });
});

describe('parsing a document', () => {
  const parse = (text: string | Uint8Array, maxBytes = 1e6) => {
    const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text;
    return parseJson(bytes, { file: 'f.json', accepted: 'JSON', maxBytes });
  };

  it.each([
    ['{"a":', /^f.json: not JSON \(it ends too early\); accepted: JSON$/],
    ['{a:1}', /^f.json: not JSON \(position 1\); accepted: JSON$/],
    ['', /^f.json: not JSON/],
    [new Uint8Array([0xff, 0xfe, 0x22]), /^f.json: not JSON \(not UTF-8 text\)/],
    ['['.repeat(257), /^f.json: nested deeper than 256 levels/],
    [' '.repeat(1e6 + 1), /^f.json: too large/],
  ])('refuses %j', (text, message) => {
    expect(() => parse(text)).toThrow(message);
  });

  it('takes brackets in text, and a byte order mark', () => {
    expect(parse(`["\\"${'['.repeat(500)}"]`)).toHaveLength(1);
    expect(parse('\ufeff{}')).toEqual({});
  });
});
