import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { CAM_METHODS, METHODS } from './index.ts';

const document = readFileSync(new URL('../../../docs/methods.md', import.meta.url), 'utf8');

/** What `docs/methods.md` says of a method. */
it.each(CAM_METHODS)('%s stands in docs/methods.md as in the table', (method) => {
  const { name, about, formula, source, keepsSum } = METHODS[method];
  expect(document).toContain(
    [
      `### ${name}: \`${method}\``,
      '',
      about,
      '',
      `- Map: ${formula}.`,
      `- Adds up to what comes through the layer: ${keepsSum ? 'yes' : 'no'}.`,
      `- Source: ${source}.`,
      '',
    ].join('\n'),
  );
});
