#!/usr/bin/env node
/**
 * `npm run package`, also what `npm pack` runs first: the app, the command line and the library, without packages.
 * `--without-types` leaves out the library's declarations, which take most of the time.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { argumentsOf } from '../arguments.mjs';
import { ensureInstalled, root } from '../setup.mjs';

const { values } = argumentsOf('npm run package [-- --without-types]', {
  options: {
    'without-types': { type: 'boolean', default: false },
  },
});
ensureInstalled();
const [{ ensureBuilt }, { bundleCommandLine }, { bundleLibrary }] = await Promise.all([
  import('../app-build.mjs'),
  import('./command-line.mjs'),
  import('./library.mjs'),
]);
const out = join(root, 'build');
rmSync(out, { recursive: true, force: true });
ensureBuilt();
await bundleCommandLine(join(out, 'cli'));
await bundleLibrary(join(out, 'lib'), { types: !values['without-types'] });
