/**
 * The arguments of a script, as `parse` (`parseArgs`) gives them. `--help` prints the usage; what the script does not take is
 * refused in one line, with exit code 2.
 *
 * @template T
 * @param {string} usage
 * @param {() => T} parse
 * @returns {T}
 */
export function argumentsOf(usage, parse) {
  if (process.argv.slice(2).some((argument) => argument === '--help' || argument === '-h')) {
    process.stdout.write(`usage: ${usage}\n`);
    process.exit(0);
  }
  try {
    return parse();
  } catch (error) {
    const [words] = (error instanceof Error ? error.message : String(error)).split(/\.\s|\n/);
    process.stderr.write(`${words}; usage: ${usage}\n`);
    process.exit(2);
  }
}
