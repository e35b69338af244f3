import type { Answer } from '../explain.ts';
import type { Prepared } from '../prepare.ts';

/** Answers kept beside those on screen, and the bytes that their maps may take together. */
const LIMIT = 24;
const LIMIT_BYTES = 256 * 2 ** 20;

/** The answers last shown, by their keys. */
export class AnswerCache {
  readonly #answers = new Map<string, Answer>();

  get(key: string): Answer | undefined {
    return this.#answers.get(key);
  }

  /** Keeps an answer as the newest and drops the oldest beyond the limits. */
  set(answer: Answer): void {
    this.#answers.delete(answer.key);
    this.#answers.set(answer.key, answer);
    let bytes = 0;
    for (const one of this.#answers.values()) bytes += bytesOf(one);
    for (const [key, old] of this.#answers) {
      if (this.#answers.size === 1 || (this.#answers.size <= LIMIT && bytes <= LIMIT_BYTES)) break;
      this.#answers.delete(key);
      bytes -= bytesOf(old);
    }
  }

  /** What was prepared under a key. */
  prepared(key: string): Prepared | undefined {
    for (const { prepared } of this.#answers.values()) if (prepared.key === key) return prepared;
    return undefined;
  }

  clear(): void {
    this.#answers.clear();
  }
}

function bytesOf({ result }: Answer): number {
  let bytes = 0;
  for (const { classes } of result.layers)
    for (const { methods } of classes)
      for (const map of Object.values(methods)) bytes += map.data.byteLength;
  return bytes;
}
