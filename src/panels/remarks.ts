import { CANCELLATION_LIMIT, cancellation, sumsToScore } from '../core/cam/index.ts';
import { clearContrast, formatValue } from '../core/color/index.ts';
import type { Remedy } from '../core/domain/index.ts';
import { sameShape } from '../core/volume/index.ts';
import {
  actions,
  currentVolume,
  type Display,
  type NetworkState,
  headerColumns,
  mapColumns,
  networkBox,
  networkForSample,
  optionsOf,
  ownGrid,
  voxelSizeRemark,
  type VolumesState,
} from '../state/index.ts';
import { domainOf } from './domainFindings.ts';
import { columnNames } from './columnNames.ts';
import { belongsTo } from './heatmapSentences.ts';
import { METHOD_NAMES } from './glossary.ts';

/** What may make the answer worthless or the picture misread, with its remedy. */
export interface Remark {
  readonly id: 'stale' | 'network' | 'contrast' | 'size' | 'domain' | 'cancellation';
  readonly text: string;
  readonly remedy?: { readonly label: string; run(): void };
}

export interface RemarkSources {
  readonly volumes: VolumesState;
  readonly network: NetworkState;
  readonly display: Display;
}

type Rule = (sources: RemarkSources) => Remark | null;

/** The methods of the maps that are shown. */
function methodNames(display: Display): string {
  const names = headerColumns(display).map(({ shown }) => METHOD_NAMES[shown.method]);
  return names.length > 0 ? `${[...new Set(names)].join(' and ')} of ` : '';
}

const stale: Rule = ({ display }) =>
  display.answer && display.stale
    ? {
        id: 'stale',
        text: `Still shown: ${methodNames(display)}${belongsTo(display.answer)}. The maps of what is chosen now are not there yet.`,
      }
    : null;

const network: Rule = ({ volumes, network: state }) => {
  const { catalogue, chosenId } = state;
  const fitting = networkForSample(state, volumes);
  const used = catalogue.find(({ id }) => id === chosenId);
  const snr = currentVolume(volumes)?.sample?.snr;
  if (!fitting || !used) return null;
  const sample = snr === 'inf' ? 'This sample has no noise' : `This sample has SNR ${snr}`;
  const trained = used.snr === 'inf' ? 'without noise' : `at SNR ${used.snr}`;
  return {
    id: 'network',
    text: `${sample}; ${used.title} was trained ${trained} and may well be wrong.`,
    remedy: {
      label: `Use ${fitting.title}`,
      run: () => void actions.chooseNetwork(fitting.id),
    },
  };
};

const contrast: Rule = ({ volumes, network: { model } }) => {
  const item = currentVolume(volumes);
  const expected = model?.sidecar.contrast;
  const seen = item && clearContrast(item.stats);
  const { invert } = optionsOf(volumes);
  if (!seen || !expected || (seen !== expected) === invert) return null;
  const looks = (seen === 'dark') === invert ? 'bright' : 'dark';
  return {
    id: 'contrast',
    text: `The network expects ${expected} molecules; here they look ${looks}.`,
    remedy: {
      label: invert ? 'Do not invert' : 'Invert contrast',
      run: () => actions.setInputOptions({ invert: !invert }),
    },
  };
};

const size: Rule = ({ volumes, network: { model } }) => {
  const item = currentVolume(volumes);
  if (!item || !model || optionsOf(volumes).fit === 'resample') return null;
  const grid = ownGrid(item);
  const text = voxelSizeRemark(grid, model);
  if (!text) return null;
  // Without a voxel size resampling stretches the box, which changes nothing where it fits.
  const box = networkBox(model);
  if (!grid.voxelSizeKnown && box && sameShape(box, grid.shape)) {
    return { id: 'size', text };
  }
  const run = () => actions.setInputOptions({ fit: 'resample' });
  return { id: 'size', text, remedy: { label: 'Resample', run } };
};

const sums: Rule = ({ display }) => {
  const columns = mapColumns(display);
  const names = columnNames(display.columns);
  const found = columns.flatMap(({ id, shown }) => {
    const factor = sumsToScore(shown.method) ? cancellation(shown.map) : 0;
    return factor > CANCELLATION_LIMIT ? [{ name: names.get(id)!, factor }] : [];
  });
  if (found.length === 0) return null;
  const [{ name, factor }] = found;
  const times = factor < 1000 ? `${formatValue(factor, 2)} times` : 'far more than';
  return {
    id: 'cancellation',
    text: `${found.length > 1 ? `In ${found.length === columns.length ? (found.length === 2 ? 'both' : 'all') : found.length} maps` : `In the map “${name}”`} positive and negative parts nearly cancel: together they are ${times} the sum, so do not read the sum as strength.`,
  };
};

export const REMEDIES: Readonly<Record<Remedy, Remark['remedy']>> = {
  zscore: {
    label: 'Shift the mean to 0',
    run: () => actions.setInputOptions({ normalization: 'zscore' }),
  },
  normalize: {
    label: 'Normalise as trained',
    run: () => actions.setInputOptions({ normalization: 'model' }),
  },
  invert: { label: 'Invert contrast', run: () => actions.setInputOptions({ invert: true }) },
  'other-network': undefined,
};

/** What else the input differs in from what the network was trained on, where no other rule says it. */
const domain: Rule = (sources) => {
  const { volumes, display } = sources;
  if (!display.answer || display.stale || network(sources)) return null;
  const { normalization, invert } = optionsOf(volumes);
  const asked = contrast(sources) !== null;
  const finding = domainOf(display.answer, normalization).find(
    ({ code, severity }) => severity === 'warning' && !(code === 'contrast' && asked),
  );
  if (!finding) return null;
  const { message, remedy } = finding;
  const undo = { label: 'Do not invert', run: () => actions.setInputOptions({ invert: false }) };
  return {
    id: 'domain',
    text: message,
    remedy: remedy === 'invert' && invert ? undo : remedy ? REMEDIES[remedy] : undefined,
  };
};

const RULES: readonly Rule[] = [stale, network, contrast, size, domain, sums];

/** All that is to be remarked, the most important first. */
export function remarksOf(sources: RemarkSources): Remark[] {
  return RULES.flatMap((rule) => rule(sources) ?? []);
}
