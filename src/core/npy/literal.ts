/** A value of a Python literal as the headers of `.npy` files hold it. */
export type Literal = string | number | boolean | null | Literal[] | Map<string, Literal>;

/** Nesting that is followed; the headers that NumPy writes need 4. */
const MAX_DEPTH = 16;

/**
 * Reads a Python literal of dictionaries, tuples, lists, strings (either quotes, prefixes `u`, `b`,
 * `r`), whole numbers (also `3L` of Python 2), True, False and None, as `ast.literal_eval` does.
 * Throws a plain Error that says where it stops making sense.
 */
export function parseLiteral(text: string): Literal {
  let at = 0;
  const fail = (): never => {
    throw new Error(`it cannot be read from "${text.slice(at, at + 20).trimEnd()}" on`);
  };
  const next = (pattern: RegExp): string | null => {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (!found) return null;
    at += found[0].length;
    return found[0];
  };
  const take = (token: string): boolean => {
    next(SPACE);
    if (!text.startsWith(token, at)) return false;
    at += token.length;
    return true;
  };
  /** Comma-separated items up to `end`. */
  const items = (end: string, depth: number): { list: Literal[]; commas: number } => {
    const list: Literal[] = [];
    let commas = 0;
    while (!take(end)) {
      if (list.length > commas) fail();
      list.push(value(depth));
      if (take(',')) commas++;
    }
    return { list, commas };
  };
  const dictionary = (depth: number): Map<string, Literal> => {
    const out = new Map<string, Literal>();
    while (!take('}')) {
      const key = value(depth);
      if (typeof key !== 'string' || !take(':')) return fail();
      out.set(key, value(depth));
      if (!take(',')) {
        if (!take('}')) fail();
        break;
      }
    }
    return out;
  };
  const value = (depth: number): Literal => {
    if (depth > MAX_DEPTH) fail();
    if (take('{')) return dictionary(depth + 1);
    if (take('[')) return items(']', depth + 1).list;
    if (take('(')) {
      const { list, commas } = items(')', depth + 1);
      return list.length === 1 && commas === 0 ? list[0] : list;
    }
    const string = next(STRING);
    if (string !== null)
      return string
        .replace(/^[a-zA-Z]*/, '')
        .slice(1, -1)
        .replace(/\\(.)/g, '$1');
    const number = next(NUMBER);
    if (number !== null) return Number(number.replace(/[_lL]/g, ''));
    const word = next(WORD);
    if (word !== null && WORDS.has(word)) return WORDS.get(word) as Literal;
    return fail();
  };
  const result = value(0);
  next(SPACE);
  if (at < text.length) fail();
  return result;
}

const SPACE = /[\s\0]*/y;
const STRING = /(?:[uU]|[bB]|[rR])?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")/y;
const NUMBER = /[+-]?\d[\d_]*[lL]?(?![\d.\w])/y;
const WORD = /[A-Za-z_]+/y;
const WORDS: ReadonlyMap<string, Literal> = new Map<string, Literal>([
  ['True', true],
  ['False', false],
  ['None', null],
]);
