import { badFile } from '../errors.ts';

/** One category of a data block, row by row; names in lower case, since CIF ignores their case. */
export interface CifTable {
  /** With its underscore and without the point: `_atom_site`. */
  readonly category: string;
  /** Item names without the category: `cartn_x`. */
  readonly columns: readonly string[];
  /** Moves to the next row; false after the last. */
  next(): boolean;
  /** A value of the current row; '' for `.`, `?` and for column -1. */
  cell(column: number): string;
  /** Where the current row stands, for messages. */
  place(): string;
}

/** Receives a table; rows it leaves are skipped. */
export type CifVisitor = (block: string, table: CifTable) => void;

/**
 * Reads CIF 1.1 text: loops, items without a loop (handed over as tables of one row at the end of
 * their block), quotes, text fields with folded lines, comments. Save frames are left out.
 *
 * @param text with lines ended by \n
 * @throws AppError 'bad-file' for a row that breaks off or a text field without an end.
 */
export function readCif(text: string, name: string, visit: CifVisitor): void {
  const tokens = new CifTokens(text, name);
  const single = new Map<string, { columns: string[]; values: string[]; line: number }>();
  let block = '';
  let framed = false;
  const finishBlock = () => {
    for (const [category, row] of single) visit(block, oneRow(category, row));
    single.clear();
  };
  let more = tokens.next();
  while (more) {
    const control = tokens.control();
    if (control === 'data') {
      finishBlock();
      block = tokens.raw().slice(5);
      framed = false;
      more = tokens.next();
    } else if (control === 'save') {
      framed = tokens.raw().length > 5; // the bare keyword ends a frame
      more = tokens.next();
    } else if (control === 'loop') {
      const tags: string[] = [];
      while ((more = tokens.next()) && tokens.control() === 'tag') tags.push(tokens.raw());
      const loop = new Loop(tokens, tags, more);
      if (!framed && tags.length > 0) visit(block, loop);
      while (!loop.done) loop.skip();
      more = loop.more;
    } else if (control === 'tag') {
      const tag = tokens.raw();
      const line = tokens.start;
      more = tokens.next();
      if (!more || tokens.control() !== null) continue; // an item without its value
      if (!framed) {
        const category = categoryOf(tag);
        const row = single.get(category) ?? { columns: [], values: [], line };
        row.columns.push(itemOf(tag));
        row.values.push(tokens.value());
        single.set(category, row);
      }
      more = tokens.next();
    } else {
      more = tokens.next();
    }
  }
  finishBlock();

  function oneRow(
    category: string,
    { columns, values, line }: { columns: string[]; values: string[]; line: number },
  ): CifTable {
    let left = 1;
    return {
      category,
      columns,
      next: () => left-- > 0,
      cell: (column) => values[column] ?? '',
      place: () => `line ${tokens.lineOf(line)}`,
    };
  }
}

function categoryOf(tag: string): string {
  return (tag.toLowerCase().split('.')[0] as string).trim();
}

function itemOf(tag: string): string {
  return tag.slice(tag.indexOf('.') + 1).toLowerCase();
}

/** The rows of a loop, read as they are asked for. */
class Loop implements CifTable {
  readonly category: string;
  readonly columns: readonly string[];
  private readonly starts: Int32Array;
  private readonly ends: Int32Array;
  private readonly quoted: Uint8Array;

  constructor(
    private readonly tokens: CifTokens,
    tags: readonly string[],
    /** Whether a token is at hand. */
    public more: boolean,
  ) {
    this.category = categoryOf(tags[0] ?? '');
    this.columns = tags.map(itemOf);
    this.starts = new Int32Array(tags.length);
    this.ends = new Int32Array(tags.length);
    this.quoted = new Uint8Array(tags.length);
  }

  get done(): boolean {
    return !this.more || this.tokens.control() !== null;
  }

  skip(): void {
    this.more = this.tokens.next();
  }

  next(): boolean {
    if (this.done) return false;
    const { tokens, starts, ends, quoted } = this;
    for (let column = 0; column < starts.length; column++) {
      if (this.done) {
        const table = this.category === '_atom_site' ? 'atom table' : `table ${this.category}`;
        throw tokens.broken(`the ${table} ends within a row`, starts[0]);
      }
      starts[column] = tokens.start;
      ends[column] = tokens.end;
      quoted[column] = tokens.quote;
      this.more = tokens.next();
    }
    return true;
  }

  cell(column: number): string {
    if (column < 0) return '';
    return meaningOf(
      this.tokens.text.slice(this.starts[column], this.ends[column]),
      this.quoted[column],
    );
  }

  place(): string {
    return `line ${this.tokens.lineOf(this.starts[0])}`;
  }
}

const BARE = 0;
const QUOTED = 1;
const TEXT_FIELD = 2;

function meaningOf(raw: string, quote: number): string {
  if (quote === BARE) return raw === '.' || raw === '?' ? '' : raw;
  // A text field that begins with a backslash has its lines folded by backslashes at their ends.
  if (quote === TEXT_FIELD && /^\\[ \t]*\n/.test(raw)) return raw.replace(/\\[ \t]*\n/g, '');
  return raw;
}

/**
 * A forward-only tokenizer of CIF text. A token is the range `[start, end)` of `text` without its
 * quotes, so that the columns nobody asks for cost no string.
 */
class CifTokens {
  start = 0;
  end = 0;
  /** Quoted tokens and text fields are always values, even when they read like a keyword. */
  quote = BARE;
  private at = 0;

  constructor(
    readonly text: string,
    private readonly name: string,
  ) {}

  /** Moves to the next token; false at the end of the text. */
  next(): boolean {
    const { text } = this;
    const size = text.length;
    let at = this.at;
    for (;;) {
      let code = text.charCodeAt(at);
      while (at < size && code <= 32) code = text.charCodeAt(++at);
      if (at >= size) {
        this.at = at;
        return false;
      }
      if (code !== 35 /* # */) break;
      at = text.indexOf('\n', at);
      if (at < 0) at = size;
    }
    const first = text.charCodeAt(at);
    const lineStart = at === 0 || text.charCodeAt(at - 1) === 10;
    if (first === 59 /* ; */ && lineStart) {
      const close = text.indexOf('\n;', at);
      if (close < 0) throw this.broken('a text field has no end', at);
      this.set(at + 1, close, TEXT_FIELD);
      this.at = close + 2;
    } else if (first === 39 /* ' */ || first === 34 /* " */) {
      // A quote closes only before white space: 'O5'' is one token.
      let close = at + 1;
      while (close < size) {
        const code = text.charCodeAt(close);
        if (code === 10) throw this.broken('a quotation mark is not closed', at);
        if (code === first && !(text.charCodeAt(close + 1) > 32)) break;
        close++;
      }
      if (close >= size) throw this.broken('a quotation mark is not closed', at);
      this.set(at + 1, close, QUOTED);
      this.at = close + 1;
    } else {
      let close = at;
      while (close < size && text.charCodeAt(close) > 32) close++;
      this.set(at, close, BARE);
      this.at = close;
    }
    return true;
  }

  raw(): string {
    return this.text.slice(this.start, this.end);
  }

  value(): string {
    return meaningOf(this.raw(), this.quote);
  }

  /** What the current token is other than a value. */
  control(): 'tag' | 'loop' | 'data' | 'save' | 'other' | null {
    if (this.quote !== BARE) return null;
    const code = this.text.charCodeAt(this.start);
    if (code === 95 /* _ */) return 'tag';
    if (!'dDgGlLsS'.includes(this.text[this.start] as string) || this.end - this.start < 5) {
      return null;
    }
    const word = this.raw().toLowerCase();
    if (word.startsWith('data_')) return 'data';
    if (word.startsWith('save_')) return 'save';
    if (word === 'loop_') return 'loop';
    return word === 'global_' || word === 'stop_' ? 'other' : null;
  }

  lineOf(at: number): number {
    let line = 1;
    for (let i = this.text.indexOf('\n'); i >= 0 && i < at; i = this.text.indexOf('\n', i + 1))
      line++;
    return line;
  }

  broken(problem: string, at: number): Error {
    return badFile(this.name, `${problem} (line ${this.lineOf(at)})`, 'CIF 1.1 text');
  }

  private set(start: number, end: number, quote: number): void {
    this.start = start;
    this.end = end;
    this.quote = quote;
  }
}
