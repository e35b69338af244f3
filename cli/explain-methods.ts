import { CAM_METHODS, type CamMethod, methodRow } from '../src/core/cam/index.ts';
import { badInput } from '../src/core/errors.ts';

/** Names for several methods at once. */
const GROUPS = {
  all: CAM_METHODS.filter((method) => {
    const row = methodRow(method);
    return row.at === 'layer' && !row.ofAverages;
  }),
  input: CAM_METHODS.filter((method) => methodRow(method).at !== 'layer'),
} as const;

/**
 * The methods that `--method` names, comma-separated.
 *
 * @throws AppError 'bad-input' for a name that there is not
 */
export function parseMethods(text: string): CamMethod[] {
  const found = text.split(',').flatMap((name) => {
    const group = Object.entries(GROUPS).find(([key]) => key === name)?.[1];
    const methods = group ?? CAM_METHODS.filter((method) => method === name);
    if (methods.length > 0) return methods;
    const accepted = [...CAM_METHODS, ...Object.keys(GROUPS)].join(', ');
    throw badInput(`--method ${name}; accepted: ${accepted}`);
  });
  return [...new Set(found)];
}

/** What the help says of the flag. */
export const METHOD_HELP =
  'comma-separated; all: those defined at every layer; input: those on the grid of the input';

/** A line of the help for each method. */
export function methodLines(): string[] {
  const width = Math.max(...CAM_METHODS.map((method) => method.length));
  return CAM_METHODS.map((method) => `${method.padEnd(width)}  ${methodRow(method).name}`);
}
