import { isMapPanel, type Panel } from '../../core/session/index.ts';
import type { ModelSource } from '../../engine/types.ts';
import { marksOn } from '../occlusion.ts';
import type { StoreSet } from '../set.ts';
import type { OpenedFile, VolumeItem } from '../types.ts';
import { hashOf } from './identity.ts';
import {
  type Session,
  SESSION_VERSION,
  type SessionFile,
  type SessionNetwork,
  type SessionVolume,
  type VolumeOrigin,
} from './document.ts';

/** As panels and the session name a volume. */
export const volumeId = ({ id, sample }: Pick<VolumeItem, 'id' | 'sample'>) => sample?.id ?? id;

export interface TakenSession {
  readonly session: Session;
  /** In the order of the session's files. */
  readonly files: readonly Blob[];
}

export interface TakeOptions {
  readonly program: string;
  /** Address that relative ones start from. */
  readonly base: string;
  /** Every opened volume, or those that are on screen. */
  readonly volumes: 'all' | 'shown';
  /** Where a network of this visit comes from. */
  readonly sourceOf: (id: string) => ModelSource | null;
}

/** What the explain page shows, with the files that were opened for it. */
export async function takeSession(
  set: Pick<StoreSet, 'volumes' | 'network' | 'explain' | 'view' | 'structure' | 'occlusion'>,
  { program, base, volumes: which, sourceOf }: TakeOptions,
): Promise<TakenSession> {
  const { items, currentId, options } = set.volumes.getState();
  const { model, catalogue } = set.network.getState();
  const { layer, classIndex, aim, panels } = set.explain.getState();
  const view = set.view.getState();
  const current = items.find(({ id }) => id === currentId);
  const named = namesIn(panels, 'volume');
  const wanted =
    which === 'all' ? items : items.filter((item) => item === current || named.has(volumeId(item)));

  const files: Blob[] = [];
  const described: SessionFile[] = [];
  const numberOf = (name: string, blob: Blob) => {
    const known = files.indexOf(blob);
    if (known >= 0) return known;
    described.push({ name, bytes: blob.size });
    return files.push(blob) - 1;
  };
  const originOf = ({ file, sample }: VolumeItem): VolumeOrigin => {
    const { name, source } = file;
    if (sample) return { kind: 'sample' };
    if (typeof source === 'string') return { kind: 'address', path: relative(source, base) };
    if (source instanceof Blob) return { kind: 'file', file: numberOf(name, source) };
    return { kind: 'simulated', spec: source };
  };
  const volumes = wanted.map((item): SessionVolume => {
    return {
      id: volumeId(item),
      name: item.name,
      from: originOf(item),
      index: indexIn(items, item.file, item),
      reading: item.file.reading,
      options: options[item.id] ?? null,
    };
  });

  const ids = new Set([...(model ? [model.id] : []), ...namesIn(panels, 'network')]);
  const networks: SessionNetwork[] = [];
  for (const id of ids) {
    const bundled = catalogue.find((entry) => entry.id === id);
    const source = sourceOf(id);
    if (bundled) networks.push({ id, title: bundled.title, from: { kind: 'bundled' } });
    else if (source?.kind === 'url') {
      const path = relative(source.url, base);
      networks.push({ id, title: source.label ?? path, from: { kind: 'address', path } });
    } else if (source) {
      const blobs = source.files.map(({ name, bytes }) => ({ name, blob: blobOf(bytes) }));
      const from = {
        kind: 'files',
        files: blobs.map(({ name, blob }) => numberOf(name, blob)),
        hash: await hashOf(blobs.map(({ blob }) => blob)),
      } as const;
      networks.push({ id, title: model?.id === id ? model.title : blobs[0].name, from });
    }
  }
  const shown = {
    volume: current ? volumeId(current) : null,
    network: model?.id ?? null,
    ...{ layer, classIndex, aim, panels },
  };
  const { file, pose, visible, drawn } = set.structure.getState();
  const structure = file && { file: numberOf(file.name, file), pose, visible, drawn };
  const painted = wanted.flatMap((item) => {
    const marks = marksOn(set.occlusion.getState(), item.id);
    return marks ? [{ volume: volumeId(item), marks }] : [];
  });
  const session = {
    ...{
      version: SESSION_VERSION,
      program,
      volumes,
      networks,
      files: described,
      shown,
      view,
      painted,
    },
    ...(structure && { structure }),
  };
  return { session, files };
}

/** What panels override: volumes or networks. */
export function namesIn(panels: readonly Panel[], what: 'volume' | 'network'): Set<string> {
  const names = panels.filter(isMapPanel).map(({ overrides }) => overrides[what]);
  return new Set(names.filter((name) => name !== undefined));
}

function indexIn(items: readonly VolumeItem[], file: OpenedFile, item: VolumeItem): number {
  return items.filter((one) => one.file === file).indexOf(item);
}

/** An address as it is written: short where it is below `base`. */
export function relative(url: string, base: string): string {
  const folder = new URL('.', base).href;
  return url.startsWith(folder) ? url.slice(folder.length) : url;
}

const blobs = new WeakMap<ArrayBuffer, Blob>();

/** The same object for the same bytes, so that it is kept once. */
function blobOf(bytes: ArrayBuffer | Blob): Blob {
  if (bytes instanceof Blob) return bytes;
  const known = blobs.get(bytes) ?? new Blob([bytes]);
  blobs.set(bytes, known);
  return known;
}
