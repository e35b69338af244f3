import type { StreamedDocument } from './json-text.ts';

/** One flag of a command; the help text is made from the same row that parses it. */
export type Option =
  | { readonly type: 'boolean'; readonly help: string }
  | {
      readonly type: 'string';
      /** Placeholder in the help text, e.g. `DIR`. */
      readonly value: string;
      readonly help: string;
      readonly default?: string;
    };

export type Options = Readonly<Record<string, Option>>;

/** What a command gets for its flags: booleans are never undefined, strings are when not given. */
export type Values<O extends Options> = {
  readonly [K in keyof O]: O[K] extends { type: 'boolean' }
    ? boolean
    : O[K] extends { default: string }
      ? string
      : string | undefined;
};

/** Where a command writes; tests pass their own. */
export interface Io {
  /** One line on stdout. */
  print(line: string): void;
  /** The one JSON document of `--json` on stdout. */
  json(document: unknown): void;
  /** The same of a document whose lists, given as async iterables, need not fit into memory. */
  jsonStream(document: StreamedDocument): Promise<void>;
  /** One line on stderr. */
  note(line: string): void;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
}

export interface Command<O extends Options = Options> {
  /** Positional arguments as written in the usage line, e.g. `INPUT [MORE...]`. */
  readonly usage: string;
  /** How many positional arguments it takes. */
  readonly positionals: readonly [min: number, max: number];
  /** Paragraphs under the usage line. */
  readonly about: string;
  readonly options: O;
  run(positionals: readonly string[], values: Values<O>, io: Io): Promise<void>;
}

/** Keeps the types of the flags while checking the shape of a command. */
export function defineCommand<const O extends Options>(command: Command<O>): Command<O> {
  return command;
}
