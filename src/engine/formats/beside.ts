import { badFile } from '../../core/errors.ts';
import type { ModelFiles } from '../model/source.ts';
import type { TaskOptions } from '../types.ts';
import { readConfiguration } from './configuration.ts';

/** The name of the main file without its endings. */
export const stemOf = ({ main }: ModelFiles) => main.replace(/\.[^.]*$/, '');

/**
 * The configuration that was given with a network, else the first of `names` that lies beside it; undefined where there is
 * none.
 * @throws AppError `bad-file`
 */
export async function configurationBeside(
  files: ModelFiles,
  names: readonly string[],
  { signal }: TaskOptions,
): Promise<unknown> {
  const { config } = files;
  if (config) {
    const bytes = await config.read({ signal });
    if (!bytes) throw badFile(config.label, 'not found', 'the configuration of the network');
    return readConfiguration(bytes, config.label);
  }
  for (const name of names) {
    const bytes = await files.read(name, { signal });
    if (bytes) return readConfiguration(bytes, files.nameOf(name));
  }
  return undefined;
}
