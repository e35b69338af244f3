import { CAM_METHODS, type CamMethod } from '../../core/cam/types.ts';
import { HEATMAP_UNITS, type HeatmapUnit } from '../../core/color/index.ts';
import {
  type Aim,
  DEFAULT_AIM,
  FIRST_PANELS,
  isMapPanel,
  type MapPanel,
  type Panel,
  type PanelOverrides,
  VIEW_KINDS,
  type ViewKind,
} from '../../core/session/index.ts';
import type { Region } from '../../core/target/index.ts';
import { FITS, NORMALIZATIONS } from '../../core/volume/index.ts';
import { DEFAULT_CAMERA, INITIAL_VIEW, type ViewState } from '../view.ts';
import { VIEW_CHOICES, type ViewChoice } from '../viewChoices.ts';
import { INITIAL_OPTIONS, type InputOptions } from '../volumes.ts';
import type { Session, ShownSession } from './document.ts';

/** How an address is written; raised when its words change their meaning. */
const ADDRESS_VERSION = '1';

/** What an address says of a session; volumes and networks as they are named or where they lie. */
export interface AddressState extends ShownSession {
  readonly options: InputOptions;
  readonly view: Omit<ViewState, 'theme' | 'crosshair'>;
  /** Å; null is the middle of the volume. */
  readonly crosshair: ViewState['crosshair'] | null;
}

const { theme: _, crosshair: __, ...USUAL_LOOKS } = INITIAL_VIEW;

/** Follow each reader's own. */
type Personal = 'theme';
const CHOICES = (Object.keys(VIEW_CHOICES) as ViewChoice[]).filter(
  (choice): choice is Exclude<ViewChoice, Personal> => choice !== 'theme',
);

/**
 * What only this machine has, in words; null where an address can say everything.
 *
 * @param session of what is shown
 */
export function addressObstacle({ volumes, networks, shown }: Session): string | null {
  const volume = volumes.find(({ from }) => from.kind === 'file' || from.kind === 'simulated');
  if (volume) return `${volume.name} is on this machine alone`;
  const network = networks.find(({ from }) => from.kind === 'files');
  if (network) return `${network.title} is on this machine alone`;
  const aims = [shown.aim, ...shown.panels.filter(isMapPanel).map((panel) => panel.overrides.aim)];
  const held = aims.some((aim) => aim && aimWords(aim) === null);
  return held ? 'what is explained is defined by a file of this machine' : null;
}

/**
 * What follows `#/explain?`: words that a person can read and edit. What is as usual is left out.
 * Pieces within a value are joined by `,` and `:` and are percent-encoded each.
 */
export function addressOf(state: AddressState): string {
  const { volume, network, layer, classIndex, aim, panels, options, view, crosshair } = state;
  const words: [string, string | null][] = [
    ['v', ADDRESS_VERSION],
    ['volume', volume && piece(volume)],
    ['network', network && piece(network)],
    ['layer', layer && piece(layer)],
    ['class', classIndex === null ? null : String(classIndex)],
    ['about', aimWords(aim) || null],
    ['maps', mapWords(panels) === mapWords(FIRST_PANELS) ? null : mapWords(panels)],
    ['large', largeWord(view.maximised, panels)],
    ['input', optionWords(options)],
    ...CHOICES.map((choice): [string, string | null] => [
      choice,
      view[choice] === INITIAL_VIEW[choice] ? null : piece(view[choice]),
    ]),
    ['levels', same(view.levels, INITIAL_VIEW.levels) ? null : levelWords(view.levels)],
    [
      'surface',
      same(view.inputLevel, INITIAL_VIEW.inputLevel)
        ? null
        : levelWords({ unit: view.inputLevel.unit, values: [view.inputLevel.value] }),
    ],
    ['density', numberWord(view.densityOpacity, INITIAL_VIEW.densityOpacity)],
    ['dust', numberWord(view.dust, INITIAL_VIEW.dust)],
    ['camera', same(view.camera, DEFAULT_CAMERA) ? null : cameraWords(view.camera)],
    ['apart', unlinkedWords(view.unlinked, panels)],
    ['at', crosshair ? crosshair.map((value) => rounded(value, 5)).join(',') : null],
  ];
  return words.flatMap(([key, value]) => (value === null ? [] : [`${key}=${value}`])).join('&');
}

/** The state of an address; null for one of another version or of none. What it does not know is as usual. */
export function readAddress(query: string): AddressState | null {
  const words = new Map(
    query.split('&').map((word) => {
      const at = word.indexOf('=');
      return [word.slice(0, at), word.slice(at + 1)] as const;
    }),
  );
  if (words.get('v') !== ADDRESS_VERSION) return null;
  const plain = (key: string) => {
    const value = words.get(key);
    return value ? unpiece(value) : null;
  };
  const levels = levelsIn(words.get('levels'));
  const surface = levelsIn(words.get('surface'));
  const choices = CHOICES.map((choice) => {
    const value = plain(choice);
    const known = value !== null && Object.hasOwn(VIEW_CHOICES[choice].values, value);
    return [choice, known ? value : INITIAL_VIEW[choice]];
  });
  const panels = panelsIn(words.get('maps'));
  const at = numbersIn(words.get('at'));
  return {
    volume: plain('volume'),
    network: plain('network'),
    layer: plain('layer'),
    classIndex: wholeIn(words.get('class')),
    aim: aimIn(words.get('about') ?? '') ?? DEFAULT_AIM,
    panels: panels.length > 0 ? panels : FIRST_PANELS,
    options: optionsIn(words.get('input') ?? ''),
    view: {
      ...USUAL_LOOKS,
      ...Object.fromEntries(choices),
      ...(levels && { levels }),
      ...(surface?.values.length === 1 &&
        surface.unit !== 'mass' && {
          inputLevel: { unit: surface.unit, value: surface.values[0] },
        }),
      camera: cameraIn(words.get('camera')) ?? DEFAULT_CAMERA,
      maximised: largeIn(words.get('large')),
      unlinked: unlinkedIn(words.get('apart') ?? ''),
      densityOpacity: numberIn(words.get('density'), 0, 1) ?? INITIAL_VIEW.densityOpacity,
      dust: numberIn(words.get('dust'), 0, 1e6) ?? INITIAL_VIEW.dust,
    },
    crosshair: at?.length === 3 ? [at[0], at[1], at[2]] : null,
  };
}

/** The panel that is shown alone, by its place: its id is not in the address. */
function largeWord(id: string | null, panels: readonly Panel[]): string | null {
  const at = panels.findIndex((panel) => panel.id === id);
  return at < 0 ? null : String(at + 1);
}

const largeIn = (word: string | undefined) => (wholeIn(word) === null ? null : `p${word}`);

/** `2;camera;x,y,z` for each panel that moves alone, by its place. */
function unlinkedWords(unlinked: ViewState['unlinked'], panels: readonly Panel[]): string | null {
  const words = unlinked.flatMap(({ panel, camera, crosshair }) => {
    const place = panels.findIndex(({ id }) => id === panel) + 1;
    const at = crosshair.map((value) => rounded(value, 5)).join(',');
    return place > 0 ? [[place, cameraWords(camera), at].join(';')] : [];
  });
  return words.length > 0 ? words.join('!') : null;
}

function unlinkedIn(words: string): ViewState['unlinked'] {
  return words.split('!').flatMap((word) => {
    const [place, looks, at] = word.split(';');
    const camera = cameraIn(looks);
    const crosshair = numbersIn(at);
    if (wholeIn(place) === null || !camera || crosshair?.length !== 3) return [];
    return [{ panel: `p${place}`, camera, crosshair: [crosshair[0], crosshair[1], crosshair[2]] }];
  });
}

/**
 * `respond`, `grad:layer=conv3:class=4`; `1-2` for the difference of the first two panels, `1-mean` for the first
 * without what all classes have in common.
 */
const panelWords = (panels: readonly Panel[]) => (panel: Panel) => {
  const { kind } = panel;
  const drawn = kind === 'shells' ? [] : [`as=${kind}`];
  if (!isMapPanel(panel)) {
    const place = (id: string) => panels.findIndex((one) => one.id === id) + 1;
    const less = panel.shows === 'difference' ? place(panel.of[1]) : 'mean';
    return [`${place(panel.of[0])}-${less}`, ...drawn].join(':');
  }
  const { volume, network, layer, aim, classIndex } = panel.overrides;
  const named = Object.entries({
    volume,
    network,
    layer,
    class: classIndex,
    about: aim && aimWords(aim),
  });
  const given = named.flatMap(([key, value]) =>
    value === undefined || value === null ? [] : [`${key}=${piece(String(value))}`],
  );
  return [panel.method, ...given, ...drawn].join(':');
};

const mapWords = (panels: readonly Panel[]) => panels.map(panelWords(panels)).join(',');

function panelsIn(words = ''): Panel[] {
  const read = words.split(',').map((word, i) => {
    const [what, ...given] = word.split(':');
    const parts = new Map(
      given.map((one) => {
        const at = one.indexOf('=');
        return [one.slice(0, at), unpiece(one.slice(at + 1))] as const;
      }),
    );
    const as = parts.get('as');
    const kind = (as !== undefined && Object.hasOwn(VIEW_KINDS, as) ? as : 'shells') as ViewKind;
    return { what, parts, base: { id: `p${i + 1}`, kind } };
  });
  const maps = read.flatMap(({ what, parts, base }): MapPanel[] => {
    const method = CAM_METHODS.find((one): one is CamMethod => one === what);
    return method ? [{ ...base, shows: 'map', method, overrides: overridesIn(parts) }] : [];
  });
  return read.flatMap(({ what, base }): Panel[] => {
    const map = maps.find(({ id }) => id === base.id);
    if (map) return [map];
    const [, first, second] = /^(\d+)-(\d+|mean)$/.exec(what) ?? [];
    const known = (id: string) => maps.some((one) => one.id === id);
    const [a, b] = [`p${first}`, `p${second}`];
    if (!known(a)) return [];
    if (second === 'mean') return [{ ...base, shows: 'specific', of: [a] }];
    return known(b) ? [{ ...base, shows: 'difference', of: [a, b] }] : [];
  });
}

function overridesIn(parts: ReadonlyMap<string, string>): PanelOverrides {
  const classIndex = wholeIn(parts.get('class'));
  const aim = aimIn(parts.get('about') ?? '');
  const named = (['volume', 'network', 'layer'] as const).flatMap((key) =>
    parts.get(key) ? [[key, parts.get(key)]] : [],
  );
  return {
    ...Object.fromEntries(named),
    ...(classIndex !== null && { classIndex }),
    ...(aim && { aim }),
  };
}

/** `difference;4`, `output;fc1;ball;1_2_3_4` and so on, in one piece; null where it needs data. */
function aimWords({ output, target, statistics }: Aim): string | null {
  const words: string[] = [];
  if (output !== null) words.push('output', piece(output));
  if (statistics !== null) words.push('statistics', statistics);
  if (target?.kind === 'similarity') return null;
  if (target?.kind === 'difference') words.push('difference', String(target.against));
  else if (target?.kind === 'segmentation') {
    const { region } = target;
    if (region.kind === 'mask') return null;
    words.push(
      region.kind,
      regionNumbers(region)
        .map((value) => rounded(value, 5))
        .join('_'),
    );
  } else if (target) words.push('target', target.kind);
  return words.join(';');
}

function regionNumbers(region: Region): readonly number[] {
  if (region.kind === 'ball') return [...region.centre, region.radius];
  return region.kind === 'box' ? [...region.from, ...region.to] : [];
}

function aimIn(words: string): Aim | null {
  const parts = words.split(';');
  let aim: Aim = DEFAULT_AIM;
  for (let i = 0; i + 1 < parts.length; i += 2) {
    const [key, value] = [parts[i], parts[i + 1]];
    const values = value.split('_').map(Number);
    const target = targetIn(key, value, values);
    if (target) aim = { ...aim, target };
    if (key === 'output') aim = { ...aim, output: unpiece(value) };
    if (key === 'statistics' && (value === 'plain' || value === 'frozen')) {
      aim = { ...aim, statistics: value };
    }
  }
  return aim === DEFAULT_AIM ? null : aim;
}

function targetIn(key: string, value: string, values: readonly number[]): Aim['target'] {
  const finite = values.every(Number.isFinite);
  if (key === 'target' && (value === 'class' || value === 'value')) return { kind: value };
  if (key === 'difference' && wholeIn(value) !== null) {
    return { kind: 'difference', against: Number(value) };
  }
  if (key === 'predicted') return { kind: 'segmentation', region: { kind: 'predicted' } };
  if (key === 'ball' && finite && values.length >= 3) {
    const region = { kind: 'ball', centre: values.slice(0, -1), radius: values.at(-1)! } as const;
    return { kind: 'segmentation', region };
  }
  if (key === 'box' && finite && values.length % 2 === 0) {
    const half = values.length / 2;
    const region = { kind: 'box', from: values.slice(0, half), to: values.slice(half) } as const;
    return { kind: 'segmentation', region };
  }
  return null;
}

/** `inverted,crop,zscore,section:12`. */
function optionWords(options: InputOptions): string | null {
  const { invert, fit, normalization, voxelScale, section } = options;
  const words = [
    ...(invert ? ['inverted'] : []),
    ...(fit === INITIAL_OPTIONS.fit ? [] : [`fit:${fit}`]),
    ...(normalization === INITIAL_OPTIONS.normalization ? [] : [`normalize:${normalization}`]),
    ...(voxelScale === 1 ? [] : [`voxels:${rounded(voxelScale, 6)}`]),
    ...(section === null ? [] : [`section:${section}`]),
  ];
  return words.length > 0 ? words.join(',') : null;
}

function optionsIn(words: string): InputOptions {
  let options = INITIAL_OPTIONS;
  for (const word of words.split(',')) {
    const [key, value] = word.split(':');
    const fit = FITS.find((one) => one === value);
    const normalization = (['model', ...NORMALIZATIONS] as const).find((one) => one === value);
    if (key === 'inverted') options = { ...options, invert: true };
    if (key === 'fit' && fit) options = { ...options, fit };
    if (key === 'normalize' && normalization) options = { ...options, normalization };
    if (key === 'voxels' && Number(value) > 0) options = { ...options, voxelScale: Number(value) };
    if (key === 'section') options = { ...options, section: wholeIn(value) };
  }
  return options;
}

function levelWords({ unit, values }: ViewState['levels']): string {
  return [unit, ...values.map((value) => rounded(value, 7))].join(',');
}

function levelsIn(words: string | undefined): ViewState['levels'] | null {
  const [first, ...rest] = words?.split(',') ?? [];
  const unit = HEATMAP_UNITS.find((one): one is HeatmapUnit => one === first);
  const values = rest.map(Number);
  return unit && values.every(Number.isFinite) ? { unit, values } : null;
}

function cameraWords({ quaternion, zoom, target, projection }: ViewState['camera']): string {
  const centred = target.every((value) => value === 0);
  const numbers = [...quaternion, zoom, ...(centred ? [] : target)];
  const words = numbers.map((value) => rounded(value, 4));
  return [...words, ...(projection === 'perspective' ? [projection] : [])].join(',');
}

function cameraIn(words: string | undefined): ViewState['camera'] | null {
  const perspective = words?.endsWith(',perspective') ?? false;
  const numbers = numbersIn(perspective ? words?.slice(0, -',perspective'.length) : words);
  if (!numbers || (numbers.length !== 5 && numbers.length !== 8) || !(numbers[4] > 0)) return null;
  const [x, y, z, w, zoom, ...target] = numbers;
  const length = Math.hypot(x, y, z, w);
  if (!(length > 0)) return null;
  const [tx = 0, ty = 0, tz = 0] = target;
  return {
    quaternion: [x / length, y / length, z / length, w / length],
    zoom,
    target: [tx, ty, tz],
    projection: perspective ? 'perspective' : 'orthographic',
  };
}

const numberWord = (value: number, usual: number) => (value === usual ? null : rounded(value, 4));

function numberIn(word: string | undefined, min: number, max: number): number | null {
  const [value] = numbersIn(word || undefined) ?? [];
  return value !== undefined && value >= min && value <= max ? value : null;
}

function numbersIn(words: string | undefined): number[] | null {
  const numbers = words?.split(',').map(Number);
  return numbers?.every(Number.isFinite) ? numbers : null;
}

function wholeIn(words: string | undefined): number | null {
  return words !== undefined && /^\d{1,9}$/.test(words) ? Number(words) : null;
}

/** Slashes, blanks as plus signs and what else an address may hold stay readable. */
function piece(text: string): string {
  return encodeURIComponent(text).replaceAll('%2F', '/').replaceAll('%20', '+');
}

function unpiece(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return '';
  }
}

const rounded = (value: number, digits: number) => String(Number(value.toPrecision(digits)));
const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);
