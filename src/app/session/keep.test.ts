import 'fake-indexeddb/auto';
import { beforeEach, describe, expect, it } from 'vitest';
import { mapPanel } from '../../core/session/index.ts';
import { DEFAULT_AIM } from '../../core/session/index.ts';
import { INITIAL_VIEW, type Session } from '../../state/index.ts';
import { forgetSession, keepSession, keptSession } from './keep.ts';

const session: Session = {
  version: 1,
  program: 'Respond-CAM',
  volumes: [
    {
      ...{ id: 'volume-1', name: 'a.mrc', index: 0, reading: { voxelSize: 12 }, options: null },
      from: { kind: 'file', file: 0 },
    },
  ],
  networks: [{ id: 'dropped-1', title: 'm.onnx', from: { kind: 'files', files: [1], hash: 'ab' } }],
  files: [
    { name: 'a.mrc', bytes: 3 },
    { name: 'm.onnx', bytes: 5 },
  ],
  shown: {
    ...{ volume: 'volume-1', network: 'dropped-1', layer: 'conv3', classIndex: 4 },
    aim: DEFAULT_AIM,
    panels: [mapPanel('p1', 'respond', { volume: 'volume-1' })],
  },
  view: { ...INITIAL_VIEW, palette: 'paper' },
};
const files = [new Blob([Uint8Array.of(1, 2, 3)]), new Blob([Uint8Array.of(4, 5, 6, 7, 8)])];

const bytesOf = async (file: Blob | null) =>
  file && Array.from(new Uint8Array(await file.arrayBuffer()));

beforeEach(forgetSession);

describe('the kept session', () => {
  it('comes back as it was, with its files', async () => {
    await keepSession({ session, files }, '#/explain', 100);
    const kept = await keptSession();
    expect(kept?.session).toEqual(session);
    expect(kept?.address).toBe('#/explain');
    expect(await Promise.all(kept!.files.map(bytesOf))).toEqual([
      [1, 2, 3],
      [4, 5, 6, 7, 8],
    ]);
  });

  it('is there without the files that there is no room for', async () => {
    await keepSession({ session, files }, '', 4);
    const kept = await keptSession();
    expect(kept?.session).toEqual(session);
    expect(await Promise.all(kept!.files.map(bytesOf))).toEqual([[1, 2, 3], null]);
  });

  it('takes the place of the one before, and is gone when it is forgotten', async () => {
    await keepSession({ session, files }, '', 100);
    const less = { ...session, files: [session.files[0]], networks: [] };
    await keepSession({ session: less, files: [files[0]] }, '', 100);
    expect((await keptSession())?.files).toHaveLength(1);
    await forgetSession();
    expect(await keptSession()).toBeNull();
  });
});
