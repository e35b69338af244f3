import { parseArgs } from 'node:util';

/**
 * The arguments of a script. `--help` prints the usage; what the script does not take is refused in one line, with exit
 * code 2.
 *
 * @template {import('node:util').ParseArgsConfig} T
 * @param {string} usage
 * @param {T} config as `parseArgs` takes it
 * @param {readonly string[]} [names] the positional arguments that are accepted, where they are names of something
 * @returns {ReturnType<typeof parseArgs<T>>}
 */
export function argumentsOf(usage, config, names) {
  const line = `usage: ${usage}${names ? `; NAME: ${names.join(', ')}` : ''}`;
  if (process.argv.slice(2).some((argument) => argument === '--help' || argument === '-h')) {
    process.stdout.write(`${line}\n`);
    process.exit(0);
  }
  try {
    const parsed = parseArgs(config);
    const unknown = names && parsed.positionals.find((one) => !names.includes(one));
    if (unknown !== undefined) throw new Error(`Unknown NAME ${unknown}`);
    return parsed;
  } catch (error) {
    const [words] = (error instanceof Error ? error.message : String(error)).split(/\.\s|\n/);
    process.stderr.write(`${words}; ${line}\n`);
    process.exit(2);
  }
}
