import { badInput } from '../src/core/errors.ts';
import { isVoxelSize, type OpenOptions, type ReadAs } from '../src/core/volume/index.ts';

const READ_AS: readonly ReadAs[] = ['volume', 'images'];

/** Flags that say how a volume file is meant, the same in every command that reads one. */
export const READING_OPTIONS = {
  'voxel-size': { type: 'string', value: 'Å', help: 'voxel size, instead of what the file says' },
  'read-as': {
    type: 'string',
    value: 'WHAT',
    help: `what the sections are: ${READ_AS.join(', ')} (default by name and header)`,
  },
} as const;

interface ReadingFlags {
  readonly 'voxel-size'?: string;
  readonly 'read-as'?: string;
}

/** Reads the flags of {@link READING_OPTIONS}; throws `bad-input` for a value that is none of theirs. */
export function readingOptions(values: ReadingFlags): Pick<OpenOptions, 'voxelSize' | 'readAs'> {
  const readAs = values['read-as'];
  const found = READ_AS.find((one) => one === readAs);
  if (readAs !== undefined && !found) {
    throw badInput(`--read-as ${readAs}; accepted: ${READ_AS.join(', ')}`);
  }
  return { voxelSize: voxelSizeOf('voxel-size', values['voxel-size']), readAs: found };
}

/** The voxel size in Å that a flag gives; throws `bad-input` when it is none. */
export function voxelSizeOf(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const size = Number(text);
  if (text.trim() !== '' && isVoxelSize(size)) return size;
  throw badInput(`--${flag} ${text}; accepted: a number of Å from 0.01 to 1000000`);
}

/** Which volumes of a file to take: their indices from 0, `all`, or nothing said. */
export function volumeChoice(text: string | undefined): number | 'all' | undefined {
  if (text === undefined || text === 'all') return text;
  if (/^[1-9]\d*$/.test(text)) return Number(text) - 1;
  throw badInput(`--volume ${text}; accepted: a number from 1 up, or all`);
}
