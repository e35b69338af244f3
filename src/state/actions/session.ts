import { badInput, sentence } from '../../core/errors.ts';
import { isMapPanel, type Panel } from '../../core/session/index.ts';
import { boxCentre } from '../../core/volume/index.ts';
import type { ModelSource } from '../../engine/types.ts';
import { notify } from '../notices.ts';
import { setMarks } from '../occlusion.ts';
import type { AddressState } from '../session/address.ts';
import type { OpenedSession, Session, SessionNetwork, SessionVolume } from '../session/document.ts';
import { hashOf } from '../session/identity.ts';
import { namesIn, relative, takeSession, type TakenSession } from '../session/take.ts';
import type { StoreSet } from '../set.ts';
import type { Services, VolumeItem } from '../types.ts';
import { INITIAL_VIEW } from '../view.ts';
import { currentVolume, INITIAL_OPTIONS, optionsOf } from '../volumes.ts';
import type { InputActions } from './input.ts';
import type { NetworkActions } from './network.ts';
import type { NetworkPool } from './networkPool.ts';
import type { StructureActions } from './structure.ts';

export interface SessionActions {
  /** What is on screen, with its files. @param which every opened volume, or those on screen */
  takeSession(which: 'all' | 'shown', program: string): Promise<TakenSession>;
  /** What is on screen as an address says it. */
  takeAddress(): AddressState;
  /**
   * Shows a session. One that lacks files says which, and waits until they are opened; what is on screen stays
   * until then.
   *
   * @param name of what it was read from
   */
  openSession(opened: OpenedSession, name: string): Promise<void>;
  /** Shows what an address says; parts that this build does not have stay as usual. */
  openAddress(state: AddressState): Promise<void>;
  /** Takes from files those that a session waits for; gives back the others. */
  giveSession(files: readonly File[]): Promise<readonly File[]>;
}

export function createSessionActions(
  set: StoreSet,
  services: () => Services,
  input: Pick<InputActions, 'addVolumes' | 'chooseVolume'>,
  networks: Pick<NetworkActions, 'chooseNetwork' | 'loadNetwork' | 'ask'>,
  structures: StructureActions,
  pool: NetworkPool,
): SessionActions {
  const { volumes, network, explain, view, notices, occlusion, session: state } = set;
  /** Only what was opened last may change what is on screen. */
  let latest = 0;
  let counter = 0;

  /** Opens what is not open yet; by the session's id, the id of this visit. */
  const openVolumes = async ({ session, files }: OpenedSession): Promise<Map<string, string>> => {
    const ids = new Map<string, string>();
    const read = new Map<string, readonly string[]>();
    for (const one of session.volumes) {
      const key = JSON.stringify([one.from, one.reading, one.from.kind === 'sample' && one.id]);
      try {
        const made = read.get(key) ?? (await input.addVolumes(sourceOf(one, files), one.reading));
        read.set(key, made);
        const id = made[one.index] ?? made[0];
        if (!id) continue;
        ids.set(one.id, id);
        if (one.options) {
          const { options } = volumes.getState();
          volumes.setState({ options: { ...options, [id]: one.options } });
        }
      } catch (error) {
        notify(notices, 'error', sentence(error));
      }
    }
    return ids;
  };

  const sourceOf = ({ id, name, from }: SessionVolume, files: OpenedSession['files']) => {
    const { gallery } = volumes.getState();
    const { base } = services();
    if (from.kind === 'file') return { name, source: files[from.file]!, origin: 'file' } as const;
    if (from.kind === 'simulated') {
      return { name, source: from.spec, origin: 'simulated' } as const;
    }
    const sample = from.kind === 'sample' ? gallery.find((one) => one.id === id) : undefined;
    if (sample) {
      const source = new URL(sample.path, base).href;
      return { name: sample.title, source, origin: 'gallery', sample } as const;
    }
    const path = from.kind === 'address' ? from.path : id;
    const source = ownUrl(path, base);
    if (!source)
      throw badInput(`${name} lies at ${path}; accepted: files of this app's own address.`);
    return { name, source, origin: 'url' } as const;
  };

  /** Where the networks of a session come from, under ids of this visit; bundled ones keep theirs. */
  const networkSources = ({ session, files }: OpenedSession): Map<string, ModelSource | null> => {
    const source = ({ title, from }: SessionNetwork): ModelSource | null => {
      if (from.kind === 'bundled') return null;
      if (from.kind === 'address') {
        const url = ownUrl(from.path, services().base);
        return url ? { kind: 'url', url, id: url, label: title } : null;
      }
      const named = from.files.map((file) => ({
        name: session.files[file].name,
        bytes: files[file]!,
      }));
      return { kind: 'files', files: named, id: `dropped-again-${++counter}` };
    };
    return new Map(session.networks.map((one) => [one.id, source(one)]));
  };

  const show = async (opened: OpenedSession) => {
    const mine = ++latest;
    const { shown, view: looks } = opened.session;
    state.setState({ pending: null, opening: true });
    try {
      const ids = await openVolumes(opened);
      if (mine !== latest) return;
      const sources = networkSources(opened);
      for (const source of sources.values()) if (source) pool.know(source);
      const idOf = (id: string) => sources.get(id)?.id ?? id;
      const { theme } = view.getState();
      view.setState({ ...INITIAL_VIEW, ...looks, theme });
      explain.setState({ aim: shown.aim, panels: renamed(shown.panels, ids, idOf) });
      const source = shown.network === null ? null : sources.get(shown.network);
      const loaded = source
        ? networks.loadNetwork(source)
        : shown.network !== null && networks.chooseNetwork(shown.network);
      // The question goes with the network, so that it is explained as wanted at once.
      networks.ask({ layer: shown.layer, classIndex: shown.classIndex });
      const volume = shown.volume === null ? undefined : ids.get(shown.volume);
      if (volume) input.chooseVolume(volume);
      const item = currentVolume(volumes.getState());
      const crosshair = looks.crosshair ?? (item && boxCentre(item.volume));
      if (crosshair) view.setState({ crosshair });
      const { structure, painted } = opened.session;
      // An address says nothing of marks.
      if (painted)
        for (const [id, volumeId] of ids)
          setMarks(occlusion, volumeId, painted.find((one) => one.volume === id)?.marks ?? null);
      const atoms = structure && opened.files[structure.file];
      if (structure && atoms) {
        const file = new File([atoms], opened.session.files[structure.file].name);
        await structures.openStructure(file, structure.pose);
        structures.showStructure(structure.visible);
        structures.drawStructure(structure.drawn ?? 'atoms');
      } else structures.closeStructure();
      await loaded;
    } finally {
      if (mine === latest) state.setState({ opening: false });
    }
  };

  return {
    takeSession: (which, program) =>
      takeSession(set, {
        program,
        base: services().base,
        volumes: which,
        sourceOf: pool.sourceOf,
      }),
    takeAddress() {
      const item = currentVolume(volumes.getState());
      const { model, catalogue } = network.getState();
      const { layer, classIndex, aim, panels } = explain.getState();
      const { theme, crosshair, ...looks } = view.getState();
      const centre = item && boxCentre(item.volume);
      const { base } = services();
      const volumeAddress = ({ sample, file: { source } }: VolumeItem) =>
        sample?.id ?? (typeof source === 'string' ? relative(source, base) : null);
      const networkAddress = (id: string) => {
        if (catalogue.some((one) => one.id === id)) return id;
        const source = pool.sourceOf(id);
        return source?.kind === 'url' ? relative(source.url, base) : null;
      };
      const names = new Map(
        volumes.getState().items.flatMap((one) => {
          const name = volumeAddress(one);
          return name === null ? [] : [[one.id, name]];
        }),
      );
      return {
        volume: item && volumeAddress(item),
        network: model && networkAddress(model.id),
        ...{ layer, classIndex, aim },
        panels: renamed(panels, names, (id) => networkAddress(id) ?? id),
        options: optionsOf(volumes.getState()),
        view: looks,
        crosshair: centre && near(centre, crosshair) ? null : crosshair,
      };
    },
    async openSession(opened, name) {
      const lacking = lackingFiles(opened);
      if (lacking.length === 0) {
        await show(opened);
        return;
      }
      state.setState({ pending: opened });
      notify(notices, 'error', `${name} needs ${listed(lacking)}. Open it, and ${name} opens.`);
    },
    async openAddress(asked) {
      await show({ session: sessionOfAddress(asked, set), files: [] });
    },
    async giveSession(given) {
      const { pending } = state.getState();
      if (!pending) return given;
      const { files, used } = await filledWith(pending, given);
      if (used.length === 0) return given;
      const filled = { ...pending, files };
      const lacking = lackingFiles(filled);
      if (lacking.length > 0) {
        state.setState({ pending: filled });
        notify(notices, 'info', `Still needed: ${listed(lacking)}.`);
      } else await show(filled);
      return given.filter((file) => !used.includes(file));
    },
  };
}

/** Titles of networks and volumes whose files are not there. */
function lackingFiles({ session, files }: OpenedSession): string[] {
  const lacks = (file: number) => !files[file];
  const networks = session.networks.filter(
    ({ from }) => from.kind === 'files' && from.files.some(lacks),
  );
  const volumes = session.volumes.filter(({ from }) => from.kind === 'file' && lacks(from.file));
  return [
    ...networks.map((one) => `the network ${networkName(session, one)}`),
    ...new Set(
      volumes.flatMap(({ from }) =>
        from.kind === 'file' ? [`the volume ${session.files[from.file].name}`] : [],
      ),
    ),
  ];
}

/** What the network's files are called. */
function networkName(session: Session, { title, from }: SessionNetwork): string {
  const names = from.kind === 'files' ? from.files.map((file) => session.files[file].name) : [];
  return names.length === 0 || names.includes(title) ? title : `${title} (${names.join(', ')})`;
}

/** A network is known by what its files hold, a volume's file by its name and length. */
async function filledWith({ session, files }: OpenedSession, given: readonly File[]) {
  const filled = [...files];
  const used: File[] = [];
  for (const { from } of session.networks) {
    if (from.kind !== 'files' || from.files.every((file) => filled[file])) continue;
    const whole = await matching(session, from, given);
    if (!whole) continue;
    from.files.forEach((file, i) => {
      filled[file] = whole[i];
    });
    used.push(...whole);
  }
  for (const { from } of session.volumes) {
    if (from.kind !== 'file' || filled[from.file]) continue;
    const { name, bytes } = session.files[from.file];
    const found = given.find((file) => file.name === name && file.size === bytes);
    if (!found) continue;
    filled[from.file] = found;
    used.push(found);
  }
  return { files: filled, used };
}

/** The files of a network in the session's order, where they are what it was made with. */
async function matching(
  session: Session,
  from: Extract<SessionNetwork['from'], { kind: 'files' }>,
  given: readonly File[],
): Promise<File[] | null> {
  const sizes = from.files.map((file) => session.files[file]);
  const left = [...given];
  const found = sizes.map(({ name, bytes }) => {
    const byName = left.findIndex((file) => file.size === bytes && file.name === name);
    const at = byName >= 0 ? byName : left.findIndex((file) => file.size === bytes);
    return at < 0 ? null : left.splice(at, 1)[0];
  });
  const whole = found.filter((file) => file !== null);
  if (whole.length < found.length) return null;
  return from.hash === null || (await hashOf(whole)) === from.hash ? whole : null;
}

/** Panels whose volumes and networks have other names. */
function renamed(
  panels: readonly Panel[],
  volumes: ReadonlyMap<string, string>,
  networkOf: (id: string) => string,
): Panel[] {
  return panels.map((panel) => {
    if (!isMapPanel(panel)) return panel;
    const { volume, network, ...rest } = panel.overrides;
    const overrides = {
      ...rest,
      ...(volume !== undefined && { volume: volumes.get(volume) ?? volume }),
      ...(network !== undefined && { network: networkOf(network) }),
    };
    return { ...panel, overrides };
  });
}

/** The session that an address describes. */
function sessionOfAddress(asked: AddressState, { volumes, network }: StoreSet): Session {
  const { gallery } = volumes.getState();
  const { catalogue } = network.getState();
  const { volume, network: wanted, layer, classIndex, aim, panels, view, crosshair } = asked;
  const volumeNames = new Set([...(volume ? [volume] : []), ...namesIn(panels, 'volume')]);
  const networkNames = new Set([...(wanted ? [wanted] : []), ...namesIn(panels, 'network')]);
  return {
    version: 1,
    program: '',
    volumes: [...volumeNames].map((id) => ({
      id,
      name: id.split('/').at(-1)!,
      from: gallery.some((one) => one.id === id)
        ? { kind: 'sample' }
        : { kind: 'address', path: id },
      ...{ index: 0, reading: {}, options: id === volume ? asked.options : INITIAL_OPTIONS },
    })),
    networks: [...networkNames].map((id) => ({
      id,
      title: id,
      from: catalogue.some((one) => one.id === id)
        ? { kind: 'bundled' }
        : { kind: 'address', path: id },
    })),
    files: [],
    shown: { volume, network: wanted, layer, classIndex, aim, panels },
    view: { ...view, ...(crosshair && { crosshair }) },
  };
}

/** An address of the app's own origin; null for any other, as nothing is read from elsewhere. */
function ownUrl(path: string, base: string): string | null {
  if (!URL.canParse(path, base)) return null;
  const url = new URL(path, base);
  return url.origin === new URL(base).origin ? url.href : null;
}

const listed = (names: readonly string[]) => names.join(' and ');

const near = (a: readonly number[], b: readonly number[]) =>
  a.every((value, i) => Math.abs(value - b[i]) < 1e-3);
