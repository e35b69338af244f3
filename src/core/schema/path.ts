import { line, refine } from './schema.ts';

/** The path of a file in a folder or below it; nothing leads out. */
export const pathWithin = refine(
  line(4096),
  'a path within its folder',
  (path) => !/^[/\\]|^[a-z]:/i.test(path) && !path.split(/[/\\]/).includes('..'),
);
