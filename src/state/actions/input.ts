import { isAborted, sentence } from '../../core/errors.ts';
import type { Progress } from '../../engine/types.ts';
import { validate } from '../../core/schema/index.ts';
import { type ListedSample, sampleList } from '../../core/simulate/lists.ts';
import { boxCentre, boxSize, type Grid } from '../../core/volume/index.ts';
import { contrastOf, convertLevel, densityBasis } from '../../core/color/index.ts';
import { networkForSample } from '../network.ts';
import { notify } from '../notices.ts';
import { marksOn, setMarks } from '../occlusion.ts';
import { rememberStats } from '../stats.ts';
import type { StoreSet } from '../set.ts';
import type {
  OpenedFile,
  OpenedVolume,
  ReadingOptions,
  Services,
  Subtomogram,
  VolumeItem,
} from '../types.ts';
import { isPicture } from '../prepare.ts';
import { currentVolume, PICTURE_OPTIONS } from '../volumes.ts';
import type { Explainer } from './explain.ts';
import type { NetworkActions } from './network.ts';

/** Findings that say that the app holds less than the file. */
const PARTIAL: ReadonlySet<string> = new Set(['averaged', 'first-volumes']);

export interface VolumeSource {
  readonly name: string;
  /** The bytes, an absolute URL of the app's own origin, or what to simulate. */
  readonly source: Blob | string | Subtomogram;
  readonly origin: VolumeItem['origin'];
  readonly sample?: ListedSample;
  readonly truth?: string;
}

export interface InputActions {
  /** Reads the gallery's list; an absent gallery leaves it empty. */
  loadGallery(url: string): Promise<void>;
  /** Shows a sample; a sample still being fetched gives way to it. */
  chooseSample(id: string): Promise<void>;
  /** Reads a sample of the gallery that is not open yet, and leaves on screen what is there. */
  openSample(id: string, options: { readonly signal: AbortSignal }): Promise<void>;
  /**
   * Reads a file that is not open yet, and leaves on screen what is there.
   * @returns ids of its volumes
   */
  addVolumes(source: VolumeSource, reading?: ReadingOptions): Promise<readonly string[]>;
  /**
   * Reads files one after the other and shows the first that could be read. Those that could not are
   * each reported in a sentence; what was on screen stays.
   */
  openVolumes(sources: readonly VolumeSource[]): Promise<void>;
  cancelOpening(): void;
  chooseVolume(id: string): void;
  /** Goes `delta` volumes on in the list, round the ends. */
  stepVolume(delta: number): void;
  removeVolume(id: string): void;
  /** Reads the file of a volume once more, as the user says that it is meant. */
  readAgain(id: string, change: ReadingOptions): Promise<void>;
}

export function createInputActions(
  set: StoreSet,
  services: () => Services,
  explainer: Explainer,
  { chooseNetwork }: Pick<NetworkActions, 'chooseNetwork'>,
): InputActions {
  const { volumes, network, view, notices, occlusion } = set;
  let counter = 0;
  /** Only the batch asked for last may change what is on screen. */
  let latest = 0;
  let picking: AbortController | null = null;
  const running = new Set<AbortController>();

  const show = (id: string | null) => {
    const before = currentVolume(volumes.getState());
    volumes.setState({ currentId: id });
    const item = currentVolume(volumes.getState());
    // Stepping through volumes of one kind keeps the place that is looked at.
    if (item && !(before && sameBox(item.volume, before.volume))) {
      view.setState({ crosshair: boxCentre(item.volume) });
    }
    if (before && before.id !== id) forgetRawLevel(before);
    followNoise();
    explainer.refresh();
  };

  /** A level in the units of one file means nothing in the next; its share of the extreme does. */
  const forgetRawLevel = ({ stats }: VolumeItem) => {
    const { value, unit } = view.getState().inputLevel;
    if (unit !== 'absolute') return;
    const expected = network.getState().model?.sidecar.contrast;
    const basis = densityBasis(stats, contrastOf(stats, expected));
    const percent = convertLevel(value, unit, 'percent', basis);
    view.setState({ inputLevel: { unit: 'percent', value: Number(percent.toPrecision(4)) } });
  };

  /** Takes the network that knows this sample's noise, unless the user chose one himself. */
  const followNoise = () => {
    const fitting = networkForSample(network.getState(), volumes.getState());
    if (!fitting || network.getState().byUser) return;
    void chooseNetwork(fitting.id, false);
    notify(
      notices,
      'info',
      `${fitting.title} is used for this sample; it was trained at its noise.`,
    );
  };

  const itemsOf = (
    opened: readonly OpenedVolume[],
    rest: Pick<VolumeItem, 'file' | 'origin' | 'sample' | 'truth'>,
  ): VolumeItem[] => {
    const own = opened[0]?.report.findings.find(({ code }) => PARTIAL.has(code));
    if (own) notify(notices, 'info', `${rest.file.name}: ${own.message}`);
    return opened.map((one) => {
      rememberStats(one.volume.data, one.stats);
      return { ...one, id: `volume-${++counter}`, ...rest };
    });
  };

  const open = async (sources: readonly VolumeSource[], abort: AbortController) => {
    const batch = ++latest;
    running.add(abort);
    let shown = false;
    for (const { name, source, origin, sample, truth } of sources) {
      const onProgress = (progress: Progress) => {
        if (!abort.signal.aborted) volumes.setState({ opening: { name, progress } });
      };
      onProgress({ stage: 'Reading' });
      try {
        const options = { signal: abort.signal, onProgress };
        const opened = isSimulated(source)
          ? await services().simulate(source, options)
          : await services().openVolume(name, source, options);
        if (abort.signal.aborted) break;
        const file: OpenedFile = { name, source, reading: {} };
        const items = itemsOf(opened, { file, origin, sample, truth });
        const own = items.filter(isPicture).map(({ id }) => [id, PICTURE_OPTIONS] as const);
        volumes.setState(({ items: before, options: all }) => ({
          items: [...before, ...items],
          options: { ...all, ...Object.fromEntries(own) },
        }));
        if (!shown && items.length > 0 && batch === latest) {
          shown = true;
          show(items[0].id);
        }
      } catch (error) {
        if (abort.signal.aborted || isAborted(error)) break;
        notify(notices, 'error', sentence(error));
      }
    }
    running.delete(abort);
    if (running.size === 0) volumes.setState({ opening: null });
  };

  return {
    async loadGallery(url) {
      try {
        const found = await services().fetchJson(url);
        volumes.setState({ gallery: found === null ? [] : validate(sampleList, found, url) });
      } catch (error) {
        notify(notices, 'error', `The gallery could not be read: ${sentence(error)}`);
      }
    },
    async chooseSample(id) {
      picking?.abort();
      picking = null;
      const { items, gallery } = volumes.getState();
      const opened = items.find((item) => item.sample?.id === id);
      if (opened) {
        latest++;
        show(opened.id);
        return;
      }
      const sample = gallery.find((one) => one.id === id);
      if (!sample) return;
      picking = new AbortController();
      const source = {
        name: sample.title,
        source: new URL(sample.path, services().base).href,
        origin: 'gallery',
        sample,
      } as const;
      await open([source], picking);
    },
    async openSample(id, { signal }) {
      const sample = volumes.getState().gallery.find((one) => one.id === id);
      if (!sample) return;
      const { title: name, path } = sample;
      const source = new URL(path, services().base).href;
      const opened = await services().openVolume(name, source, { signal });
      const { items } = volumes.getState();
      if (signal.aborted || items.some((item) => item.sample?.id === id)) return;
      const file: OpenedFile = { name, source, reading: {} };
      const made = itemsOf(opened, { file, origin: 'gallery', sample });
      volumes.setState({ items: [...items, ...made] });
    },
    async addVolumes({ name, source, origin, sample }, reading = {}) {
      const open = volumes
        .getState()
        .items.filter((item) => sample && item.sample?.id === sample.id);
      if (open.length > 0) return open.map(({ id }) => id);
      const opened = isSimulated(source)
        ? await services().simulate(source)
        : await services().openVolume(name, source, reading);
      const made = itemsOf(opened, { file: { name, source, reading }, origin, sample });
      volumes.setState(({ items }) => ({ items: [...items, ...made] }));
      return made.map(({ id }) => id);
    },
    openVolumes: (sources) => open(sources, new AbortController()),
    cancelOpening() {
      for (const abort of running) abort.abort();
      running.clear();
      volumes.setState({ opening: null });
    },
    chooseVolume(id) {
      latest++;
      if (id !== volumes.getState().currentId) show(id);
    },
    stepVolume(delta) {
      const { items, currentId } = volumes.getState();
      if (items.length < 2) return;
      const at = items.findIndex((item) => item.id === currentId);
      latest++;
      show(items[(at + delta + items.length) % items.length].id);
    },
    async readAgain(id, change) {
      const item = volumes.getState().items.find((one) => one.id === id);
      if (!item || isSimulated(item.file.source)) return;
      const { name, source } = item.file;
      const file: OpenedFile = { name, source, reading: { ...item.file.reading, ...change } };
      const abort = new AbortController();
      running.add(abort);
      const onProgress = (progress: Progress) => volumes.setState({ opening: { name, progress } });
      try {
        const options = { ...file.reading, signal: abort.signal, onProgress };
        const opened = await services().openVolume(name, source, options);
        if (abort.signal.aborted) return;
        const { origin, sample, truth } = item;
        const made = itemsOf(opened, { file, origin, sample, truth });
        const { items, options: all, currentId } = volumes.getState();
        const old = items.filter((one) => one.file === item.file);
        const at = items.indexOf(old[0]);
        const others = items.filter((one) => one.file !== item.file);
        const shown = old.some((one) => one.id === currentId);
        const kept = all[id] ? Object.fromEntries(made.map((one) => [one.id, all[id]])) : {};
        volumes.setState({
          items: [...others.slice(0, at), ...made, ...others.slice(at)],
          options: { ...all, ...kept },
        });
        const again = made[old.indexOf(item)] ?? made[0];
        setMarks(occlusion, again.id, marksOn(occlusion.getState(), id));
        for (const one of old) setMarks(occlusion, one.id, null);
        if (shown) show(again.id);
      } catch (error) {
        if (!abort.signal.aborted && !isAborted(error)) notify(notices, 'error', sentence(error));
      } finally {
        running.delete(abort);
        if (running.size === 0) volumes.setState({ opening: null });
      }
    },
    removeVolume(id) {
      const { items, currentId } = volumes.getState();
      const at = items.findIndex((item) => item.id === id);
      if (at < 0) return;
      const left = items.filter((item) => item.id !== id);
      const { [id]: _, ...options } = volumes.getState().options;
      volumes.setState({ items: left, options });
      setMarks(occlusion, id, null);
      if (id === currentId) show(left[Math.min(at, left.length - 1)]?.id ?? null);
    },
  };
}

function sameBox(a: Grid, b: Grid): boolean {
  const [centreA, centreB, size] = [boxCentre(a), boxCentre(b), boxSize(a)];
  const near = (x: number, y: number, axis: number) => Math.abs(x - y) < 1e-3 * size[axis];
  return (
    centreA.every((x, axis) => near(x, centreB[axis], axis)) &&
    boxSize(b).every((x, axis) => near(x, size[axis], axis))
  );
}

function isSimulated(source: VolumeSource['source']): source is Subtomogram {
  return typeof source === 'object' && 'seed' in source;
}
