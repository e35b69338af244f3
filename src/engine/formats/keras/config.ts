import { AppError } from '../../../core/errors.ts';

export type Json = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A value of the file as messages show it, cut short. */
export function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

/** The configuration of a layer, read with checks; `where` is the beginning of every message. */
export class Config {
  constructor(
    readonly json: Json,
    readonly where: string,
  ) {}

  has(key: string): boolean {
    return this.json[key] !== undefined && this.json[key] !== null;
  }

  fail(key: string, accepted: string): AppError {
    return new AppError(
      'unsupported',
      `${this.where} has ${key} ${shown(this.json[key])}; accepted: ${accepted}`,
    );
  }

  flag(key: string, otherwise: boolean): boolean {
    const value = this.json[key] ?? otherwise;
    if (typeof value !== 'boolean') throw this.fail(key, 'true, false');
    return value;
  }

  number(key: string, otherwise: number): number {
    const value = this.json[key] ?? otherwise;
    if (typeof value !== 'number' || !Number.isFinite(value)) throw this.fail(key, 'a number');
    return value;
  }

  /** A whole number of at least `least`. */
  count(key: string, otherwise: number, least = 1): number {
    const value = this.number(key, otherwise);
    if (!Number.isInteger(value) || value < least || value > MOST)
      throw this.fail(key, `a whole number from ${least} on`);
    return value;
  }

  choice<T extends string>(key: string, choices: readonly T[], otherwise: T): T {
    const value = this.json[key] ?? otherwise;
    const found = choices.find((one) => one === value);
    if (found === undefined) throw this.fail(key, choices.join(', '));
    return found;
  }

  /** `length` whole numbers of at least `least`, or one for all. */
  counts(key: string, length: number, otherwise: number, least = 1): number[] {
    const value = this.json[key] ?? otherwise;
    const list = Array.isArray(value) ? value : Array(length).fill(value);
    const fits = list.every((n) => Number.isInteger(n) && n >= least && n <= MOST);
    if (list.length !== length || !fits)
      throw this.fail(key, `${length} whole numbers from ${least} on`);
    return list as number[];
  }

  /** A list of numbers, or one alone. */
  numbers(key: string, otherwise: readonly number[]): number[] {
    const value = this.json[key] ?? otherwise;
    const list = Array.isArray(value) ? value : [value];
    if (!list.every((n) => typeof n === 'number')) throw this.fail(key, 'numbers');
    return list as number[];
  }
}

/** Sizes and counts beyond this are no network's. */
const MOST = 2 ** 31 - 1;
