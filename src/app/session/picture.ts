import { fitsHalf, writeMrc } from '../../core/mrc/index.ts';
import type { PngChunk } from '../../core/picture/write-png.ts';
import { PROGRAM } from '../program.ts';
import { volumeStem } from '../../core/volume/index.ts';
import {
  actions,
  packSession,
  type Session,
  SESSION_CHUNK,
  type SessionFile,
  type SessionVolume,
  volumeId,
  volumesStore,
} from '../../state/index.ts';

/** Files are in the picture as they are where they are no more than this together. */
const EXACT_BYTES = 4 * 2 ** 20;
/** And as 16-bit floats up to this. */
const HALF_BYTES = 24 * 2 ** 20;

/**
 * The session on screen as a picture carries it: volumes of this machine as they are where they are small, else as
 * 16-bit floats where those fit; networks of this machine by what their files hold.
 */
export async function sessionChunk(): Promise<PngChunk> {
  const { session, files } = await actions.takeSession('shown', PROGRAM);
  const own = [
    ...session.volumes.flatMap(({ from }) => (from.kind === 'file' ? [from.file] : [])),
    ...(session.structure ? [session.structure.file] : []),
  ];
  const exact = [...new Set(own)].reduce((sum, file) => sum + files[file].size, 0);
  if (exact <= EXACT_BYTES) {
    const held = new Map<number, Uint8Array>();
    for (const file of own) held.set(file, new Uint8Array(await files[file].arrayBuffer()));
    return { type: SESSION_CHUNK, data: await packSession(session, held) };
  }
  const { session: shorter, held } = halved(session);
  return { type: SESSION_CHUNK, data: await packSession(shorter, held) };
}

/** A session whose volumes of this machine are files of 16-bit floats, as far as they fit. */
function halved(session: Session): { session: Session; held: Map<number, Uint8Array> } {
  const { items } = volumesStore.getState();
  const files: SessionFile[] = [...session.files];
  const held = new Map<number, Uint8Array>();
  let room = HALF_BYTES;
  const volumes = session.volumes.map((one): SessionVolume => {
    const item = items.find((candidate) => volumeId(candidate) === one.id);
    // What the app holds averages of is not the file.
    if (one.from.kind !== 'file' || !item || item.whole || !fitsHalf(item.volume.data)) return one;
    const { voxelSizeKnown } = item.volume;
    const bytes = writeMrc(item.volume, { half: true, voxelSizeKnown });
    if (bytes.length > room) return one;
    room -= bytes.length;
    const file = files.push({ name: `${volumeStem(item.name)}.mrc`, bytes: bytes.length }) - 1;
    held.set(file, bytes);
    return { ...one, from: { kind: 'file', file }, index: 0, reading: {} };
  });
  return { session: { ...session, files, volumes }, held };
}
