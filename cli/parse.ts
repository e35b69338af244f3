import { parseArgs } from 'node:util';
import { badInput } from '../src/core/errors.ts';
import type { Command, Options, Values } from './command.ts';

/** Splits the arguments of one command; throws an `AppError` naming the argument that is wrong. */
export function parseCommand<O extends Options>(
  name: string,
  command: Command<O>,
  argv: readonly string[],
): { positionals: string[]; values: Values<O>; help: boolean } {
  const options: Record<string, { type: 'boolean' | 'string'; short?: string }> = {
    help: { type: 'boolean', short: 'h' },
  };
  for (const [flag, option] of Object.entries(command.options)) {
    options[flag] = { type: option.type };
  }
  const { values, positionals } = parse(name, argv, options);
  if (values.help === true) return { positionals, values: {} as Values<O>, help: true };

  const [min, max] = command.positionals;
  if (positionals.length < min || positionals.length > max) {
    const extra = positionals[max];
    throw badInput(
      extra === undefined
        ? `${name}: an argument is missing; usage: respond-cam ${name} ${command.usage}`
        : `${name}: unexpected argument '${extra}'; usage: respond-cam ${name} ${command.usage}`,
    );
  }
  const filled = Object.entries(command.options).map(([flag, option]) => [
    flag,
    values[flag] ?? (option.type === 'boolean' ? false : option.default),
  ]);
  return { positionals, values: Object.fromEntries(filled) as Values<O>, help: false };
}

function parse(
  name: string,
  argv: readonly string[],
  options: Record<string, { type: 'boolean' | 'string'; short?: string }>,
) {
  try {
    const args = withNegatives(argv, options);
    return parseArgs({ args, options, allowPositionals: true, strict: true });
  } catch (error) {
    const first = error instanceof Error ? error.message.split(/[.\n]/)[0] : String(error);
    const flags = Object.keys(options).map((flag) => `--${flag}`);
    throw badInput(`${name}: ${first}; accepted flags: ${flags.join(' ')}`);
  }
}

/** Joins `--defocus -5` to `--defocus=-5`: `parseArgs` takes a value that begins with `-` for a flag. */
function withNegatives(
  argv: readonly string[],
  options: Readonly<Record<string, { type: 'boolean' | 'string' }>>,
): string[] {
  const args: string[] = [];
  for (const arg of argv) {
    const before = args.at(-1);
    const takesValue = before?.startsWith('--') && options[before.slice(2)]?.type === 'string';
    if (takesValue && /^-[\d.]/.test(arg)) args[args.length - 1] = `${before}=${arg}`;
    else args.push(arg);
  }
  return args;
}

/** The value of a flag that takes one of some words. */
export function oneOf<T extends string>(flag: string, value: string, accepted: readonly T[]): T {
  const found = accepted.find((option) => option === value);
  if (found === undefined) throw badInput(`--${flag} ${value}; accepted: ${accepted.join(', ')}`);
  return found;
}

/** The whole number, `from` or more, that a flag gives. */
export function wholeFrom(flag: string, text: string, from: number): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(number) && number >= from) return number;
  throw badInput(`--${flag} ${text}; accepted: a whole number from ${from} up`);
}

/** The number, `least` or more, that a flag gives. */
export function atLeast(flag: string, text: string, least: number): number {
  const number = Number(text);
  if (text.trim() !== '' && Number.isFinite(number) && number >= least) return number;
  throw badInput(`--${flag} ${text}; accepted: a number from ${least} up`);
}

/** The text of `respond-cam NAME --help`. */
export function helpText(name: string, command: Command): string {
  const rows = Object.entries(command.options).map(([flag, option]): [string, string] => [
    option.type === 'string' ? `--${flag} ${option.value}` : `--${flag}`,
    option.type === 'string' && option.default !== undefined
      ? `${option.help} (default ${option.default})`
      : option.help,
  ]);
  rows.push(['-h, --help', 'show this text']);
  return [
    `usage: respond-cam ${name} ${command.usage}`,
    '',
    command.about,
    '',
    ...columns(rows),
  ].join('\n');
}

/** Two columns, the first padded to one width. */
export function columns(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}
