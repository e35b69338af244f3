/**
 * A forward-only tokenizer of CIF text. A token is the range `[start, end)` of `text` without its
 * quotes, so that the columns nobody asks for cost no string.
 */
export class CifTokens {
  start = 0;
  end = 0;
  /** Quoted and text-field tokens are always values, even when they read like a keyword. */
  quoted = false;
  private at = 0;

  constructor(readonly text: string) {}

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
      this.set(at + 1, close < 0 ? size : close, true);
      this.at = close < 0 ? size : close + 2;
    } else if (first === 39 /* ' */ || first === 34 /* " */) {
      // A quote closes only before white space: 'O5'' is one token.
      let close = at + 1;
      while (close < size) {
        const code = text.charCodeAt(close);
        if (code === 10) break;
        if (code === first && !(text.charCodeAt(close + 1) > 32)) break;
        close++;
      }
      this.set(at + 1, close, true);
      this.at = close + 1;
    } else {
      let close = at;
      while (close < size && text.charCodeAt(close) > 32) close++;
      this.set(at, close, false);
      this.at = close;
    }
    return true;
  }

  value(): string {
    return this.text.slice(this.start, this.end);
  }

  /** The current token is a tag, a `loop_` or a `data_` header: not a value. */
  isControl(): boolean {
    if (this.quoted) return false;
    const code = this.text.charCodeAt(this.start);
    if (code === 95 /* _ */) return true;
    if (code !== 108 && code !== 100 && code !== 76 && code !== 68) return false;
    return /^(loop_|data_)/i.test(this.text.slice(this.start, Math.min(this.end, this.start + 5)));
  }

  private set(start: number, end: number, quoted: boolean): void {
    this.start = start;
    this.end = end;
    this.quoted = quoted;
  }
}
