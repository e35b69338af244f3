#!/usr/bin/env node
/** The command line; `npm run -s respond-cam -- COMMAND` or the package's bin. */
process.argv.splice(2, 0, 'cli/main.ts');
await import('./run.mjs');
