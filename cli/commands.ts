import { version } from '../package.json';
import { AppError, badInput } from '../src/core/errors.ts';
import type { Command, Io } from './command.ts';
import { columns, helpText, parseCommand } from './parse.ts';

interface Entry {
  readonly summary: string;
  /** Loaded only when asked for, so that `inspect` does not pay for TensorFlow.js. */
  readonly load: () => Promise<{ readonly command: Command }>;
}

/** Every command: its line in the overview and the module that implements it. */
const COMMANDS: Readonly<Record<string, Entry>> = {
  compare: {
    summary: 'compare two heatmaps: do they agree, and where do they differ',
    load: () => import('./compare.ts'),
  },
  conditions: {
    summary: 'measure how far networks of the bundled classes answer volumes unlike their training',
    load: () => import('./conditions.ts'),
  },
  domain: {
    summary: "measure a network's training volumes, so that explain knows inputs of another kind",
    load: () => import('./domain.ts'),
  },
  evaluate: {
    summary: 'measure a network and its explanations over a set of volumes (Table 1 of the paper)',
    load: () => import('./evaluate.ts'),
  },
  explain: {
    summary: "explain a network's answer about a volume: heatmaps, sums, ledger, checks",
    load: () => import('./explain.ts'),
  },
  gallery: {
    summary:
      'average what a network sees and where it looks, class by class, over aligned particles',
    load: () => import('./gallery.ts'),
  },
  inspect: {
    summary: 'say what a volume file holds and what is unusual about it',
    load: () => import('./inspect.ts'),
  },
  particles: {
    summary: 'say what a list of particles holds and whether it fits its tomogram',
    load: () => import('./particles.ts'),
  },
  pick: {
    summary: 'pick particles in a tomogram by a classifier or a segmentation network',
    load: () => import('./pick.ts'),
  },
  quantize: {
    summary: 'store the large weights of a network in fewer bits',
    load: () => import('./quantize.ts'),
  },
  recognise: {
    summary: 'measure how a network names particles of your own, one by one and averaged',
    load: () => import('./recognise.ts'),
  },
  segment: {
    summary: 'run a segmentation network over a whole volume: labels, components, probabilities',
    load: () => import('./segment.ts'),
  },
  serve: {
    summary: 'start the app on this machine and open a file in it',
    load: () => import('./serve.ts'),
  },
  simulate: {
    summary: 'simulate subtomograms of the bundled classes or of your own structure',
    load: () => import('./simulate.ts'),
  },
  train: {
    summary: 'train a network of the paper on simulated subtomograms',
    load: () => import('./train.ts'),
  },
};

export const commandNames: readonly string[] = Object.keys(COMMANDS);

const OVERVIEW = [
  'usage: respond-cam COMMAND [arguments]',
  '',
  'Explains the answers of 3D CNNs about cryo-ET subtomograms.',
  '',
  ...columns(Object.entries(COMMANDS).map(([name, { summary }]) => [name, summary])),
  '',
  'respond-cam COMMAND --help explains one command; respond-cam --version prints the version.',
].join('\n');

/** Runs one command line; throws an `AppError` for wrong usage or input. */
export async function runCommandLine(argv: readonly string[], io: Io): Promise<void> {
  const [name, ...rest] = argv;
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    if (name === undefined)
      throw badInput(`a command is missing; accepted: ${commandNames.join(', ')}`);
    io.print(OVERVIEW);
    return;
  }
  if (name === '--version' || name === '-v') {
    io.print(version);
    return;
  }
  const command = await loadCommand(name);
  const { positionals, values, help } = parseCommand(name, command, rest);
  if (help) io.print(helpText(name, command));
  else await command.run(positionals, values, io);
}

/** @throws AppError when there is no command of that name */
export async function loadCommand(name: string): Promise<Command> {
  const entry = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!entry) throw badInput(`unknown command '${name}'; accepted: ${commandNames.join(', ')}`);
  return (await entry.load()).command;
}

/** 2 for bad usage or bad input, 130 for Ctrl-C, 1 for an answer that is lost and for a fault of ours. */
export function exitCode(error: unknown): number {
  if (isCancelled(error)) return 130;
  const lost = error instanceof AppError && error.code === 'output';
  return lost || isFault(error) ? 1 : 2;
}

/** A fault of ours, which is reported with its stack. */
export function isFault(error: unknown): boolean {
  return !isCancelled(error) && (!(error instanceof AppError) || error.code === 'internal');
}

/** Scripts that the commands share cancel with an error of their own. */
function isCancelled(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'aborted';
}
