import { actions, packSession, SESSION_ENDING, volumesStore } from '../../state/index.ts';
import { fileStem, volumeStem } from '../../core/volume/index.ts';
import { download } from '../../ui/download.ts';
import { PROGRAM } from '../program.ts';

/** Of a session's file: what is larger is named in it and asked for when it is opened. */
const MOST_BYTES = 2 ** 29;

/** Saves all opened volumes, the networks in use and what is shown as one file. */
export async function saveSession(): Promise<void> {
  const { session, files } = await actions.takeSession('all', PROGRAM);
  const held = new Map<number, Uint8Array>();
  let total = 0;
  for (const [i, file] of files.entries()) {
    total += file.size;
    if (total <= MOST_BYTES) held.set(i, new Uint8Array(await file.arrayBuffer()));
  }
  const { items, currentId } = volumesStore.getState();
  const name = items.find(({ id }) => id === currentId)?.name ?? 'session';
  const stem = fileStem([volumeStem(name)]);
  const bytes = await packSession(session, held);
  download(`${stem}${SESSION_ENDING}`, new Blob([bytes], { type: 'application/zip' }));
}
