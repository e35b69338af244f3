import { join } from 'node:path';
import { ensureInstalled, root } from '../../scripts/setup.mjs';

/**
 * Installs what only the bench needs (`bench/package.json`: ONNX Runtime Web), which users and `npm test` do without.
 *
 * @returns why it is missing; undefined when it is there
 */
export function installOwnPackages(): string | undefined {
  try {
    ensureInstalled({ folder: join(root, 'bench') });
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
