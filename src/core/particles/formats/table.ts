import { badFile } from '../../errors.ts';
import type { ParticleFormatId, ParticleList } from '../types.ts';
import { copick } from './copick.ts';
import { csv } from './csv.ts';
import { dynamo } from './dynamo.ts';
import type { ParticleFile, ParticleFormats } from './format.ts';
import { imod } from './imod.ts';
import { motiveList } from './motive-list.ts';
import { peet } from './peet.ts';
import { relion } from './relion.ts';
import { warp } from './warp.ts';

/** Every format of particle lists, asked in this order: those with a mark first. */
export const PARTICLE_FORMATS: ParticleFormats = {
  relion,
  warp,
  imod,
  copick,
  peet,
  dynamo,
  'motive-list': motiveList,
  csv,
};

/** What is accepted, for messages. */
export const PARTICLE_LABELS_TEXT = Object.values(PARTICLE_FORMATS)
  .map(({ label, endings }) => `${label} (${endings[0]})`)
  .join(', ');

/** The format of a file, by its content; null when it is no list of particles. */
export function particleFormatOf(
  file: Pick<ParticleFile, 'name' | 'bytes'>,
): ParticleFormatId | null {
  const ids = Object.keys(PARTICLE_FORMATS) as ParticleFormatId[];
  return ids.find((id) => PARTICLE_FORMATS[id].looksLike(file)) ?? null;
}

/** The format that a file can only be of by its ending; null where there is none. */
function formatNamed(name: string): ParticleFormatId | null {
  const ids = Object.keys(PARTICLE_FORMATS) as ParticleFormatId[];
  const small = name.toLowerCase();
  const isOwn = (ending: string) => small.endsWith(ending);
  return ids.find((id) => PARTICLE_FORMATS[id].ownEndings?.some(isOwn)) ?? null;
}

/** Whether a file can only be a list of particles by its ending. */
export const isListName = (name: string): boolean => formatNamed(name) !== null;

/**
 * Reads a list of particles, whichever format it is of.
 *
 * @throws AppError 'bad-file'
 */
export function readParticles(file: ParticleFile): ParticleList {
  const id = particleFormatOf(file) ?? formatNamed(file.name);
  if (id === null)
    throw badFile(file.name, 'not a list of particles that is known', PARTICLE_LABELS_TEXT);
  const read = PARTICLE_FORMATS[id].read(file);
  if (read.count === 0) throw badFile(file.name, 'it lists no particles', PARTICLE_LABELS_TEXT);
  return read;
}
