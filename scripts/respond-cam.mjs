#!/usr/bin/env node
/** The command line; `npm run -s respond-cam -- COMMAND` or the package's bin. */
import { endCancelled } from './interrupt.mjs';

try {
  const { goWhereTheUserStands, runCommand } = await import('./launch.mjs');
  goWhereTheUserStands();
  process.exit(await runCommand(process.argv.slice(2)));
} catch (error) {
  if (error instanceof Error && 'code' in error && error.code === 'aborted') endCancelled();
  const words = error instanceof Error ? error.message : String(error);
  process.stderr.write(`respond-cam: ${words.replace(/\s*\n\s*/g, ' ')}\n`);
  process.exit(1);
}
