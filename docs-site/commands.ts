/** The page of the site that has every command with its options, from the rows that the command line parses. */
import { commandNames, loadCommand } from '../cli/commands.ts';
import type { Command } from '../cli/command.ts';

/** As Markdown. */
export async function commandsPage(): Promise<string> {
  const parts = await Promise.all(
    commandNames.map(async (name) => section(name, await loadCommand(name))),
  );
  return [
    '# Command line',
    '',
    '`npm run -s respond-cam -- COMMAND` in a copy of the project, `respond-cam COMMAND` where the package is installed.',
    'Exit codes: 0 done, 2 bad usage or input, 1 a fault of ours, 130 after Ctrl-C.',
    '',
    ...parts,
  ].join('\n');
}

function section(name: string, { usage, about, options }: Command): string {
  const rows = Object.entries(options).map(([flag, option]) => {
    const value = option.type === 'string' ? ` ${option.value}` : '';
    const usual = option.type === 'string' && option.default;
    return `| ${code(`--${flag}${value}`)} | ${text(option.help)}${usual ? `; default ${code(usual)}` : ''} |`;
  });
  return [
    `## ${name}`,
    '',
    '```sh',
    `respond-cam ${name} ${usage}`,
    '```',
    '',
    text(about, '\n'),
    '',
    '| option | meaning |',
    '|---|---|',
    ...rows,
    '',
  ].join('\n');
}

const code = (words: string) => `\`${words.replaceAll('|', '\\|')}\``;

/** What Markdown would take for its own marks is spelled out. */
function text(words: string, lines = ' '): string {
  const plain = words.replace(/[|<>*_[\]{}]/g, (mark) => `&#${mark.charCodeAt(0)};`);
  return plain.replace(/\s*\n\s*/g, lines);
}
