import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One command of a page, as the shell would run it. */
export interface Documented {
  readonly page: string;
  readonly line: string;
}

/** How pages call this program; what follows is its own command line. */
export const CALL = /^(?:npm run -s respond-cam --|npx (?:\S*respond-cam(?:-[\d.]+\.tgz)?)) /;

/** Every command in the fenced `sh` blocks of the README and of `docs/`, in order. */
export function documentedCommands(root: string): Documented[] {
  const pages = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .map((name) => `docs/${name.replaceAll('\\', '/')}`)
    .filter((name) => name.endsWith('.md'))
    .sort();
  return ['README.md', ...pages].flatMap((page) =>
    commandsIn(readFileSync(join(root, page), 'utf8')).map((line) => ({ page, line })),
  );
}

/** Lines without comments; continued ones joined, loops unrolled, and what `;` and `&&` join apart. */
export function commandsIn(markdown: string): string[] {
  return [...markdown.matchAll(/^( *)```sh\n([\s\S]*?)^\1```$/gm)].flatMap(([, , block]) =>
    block
      .replace(/\\\n\s*/g, '')
      .split('\n')
      .map((line) => line.replace(/(^|\s)#\s.*$/, '').trim())
      .flatMap(unrolled)
      .flatMap((line) => line.split(/\s+(?:&&|;)\s+/))
      .filter((line) => line !== ''),
  );
}

function unrolled(line: string): string[] {
  const [, name, values, body] = /^for (\w+) in (.+?); do (.+?); done$/.exec(line) ?? [];
  if (body === undefined) return [line];
  return values.split(' ').map((value) => body.replaceAll(`$${name}`, value));
}
