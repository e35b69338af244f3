import {
  differencePanel,
  FIRST_PANELS,
  mapPanel,
  type Panel,
  specificPanel,
} from '../core/session/index.ts';
import type { ExplainState } from './explain.ts';
import type { NetworkState } from './network.ts';
import type { ViewChoices } from './viewChoices.ts';
import { currentVolume, type VolumesState } from './volumes.ts';

export interface PresetSources {
  readonly volumes: VolumesState;
  readonly network: NetworkState;
  readonly explain: Pick<ExplainState, 'answer'>;
}

/** A comparison to start from. */
export interface PanelPreset {
  readonly label: string;
  readonly hint: string;
  /** What is chosen about the view with it. */
  readonly view?: Partial<ViewChoices>;
  /** The bundled network and sample that it is of; else those at the top. */
  readonly shows?: { readonly network: string; readonly sample: string };
  /** The panels; or what is missing, in a few words. */
  panels(sources: PresetSources): readonly Panel[] | string;
}

/** Panels that fit beside each other with their heads readable. */
const MOST = 8;

const id = (i: number) => `p${i + 1}`;

/** Of many, those spread evenly, the last one included. */
function spread(names: readonly string[], most: number): string[] {
  const count = Math.min(most, names.length);
  const step = (names.length - 1) / Math.max(1, count - 1);
  return Array.from({ length: count }, (_, i) => names[Math.round(i * step)]);
}

/** The networks of the header's noise and those that were opened; or what is missing. */
function networkIds({ network: { model, catalogue, opened } }: PresetSources): string[] | string {
  const own = catalogue.find((entry) => entry.id === model?.id);
  const alike = catalogue.filter(({ snr }) => !own || snr === own.snr).map((entry) => entry.id);
  const ids = [...new Set([...alike, ...opened.map((entry) => entry.id)])].slice(0, MOST);
  return ids.length < 2 ? 'once two networks are open' : ids;
}

/** The opened volumes; of one sample, its class at every noise; or what is missing. */
function volumeIds({ volumes }: PresetSources): string[] | string {
  const { sample } = currentVolume(volumes) ?? {};
  const others = sample
    ? volumes.gallery.filter((one) => one.classIndex === sample.classIndex && one.id !== sample.id)
    : [];
  const opened = volumes.items.map((one) => one.id).slice(0, MOST);
  const ids = opened.length > 1 ? opened : [...opened, ...others.map((one) => one.id)];
  return ids.length < 2 ? 'once two volumes are open' : ids;
}

/** The case of the paper's Figure 3, first row. */
const FIGURE_3 = { network: 'cnn-1-0.1', sample: '1AON-0.1' };

/** Many maps on one scale would hide most of them. */
const OWN_SCALES: Partial<ViewChoices> = { scaleMode: 'own' };

/** Held against each other in strength, too. */
const SHARED_SCALE: Partial<ViewChoices> = { scaleMode: 'shared' };

/** Each map on its own scale in the colours of the paper, and all its sections. */
const AS_PRINTED: Partial<ViewChoices> = {
  ...OWN_SCALES,
  palette: 'paper',
  sliceLayout: 'mosaic',
  sliceMix: 'heatmap',
};

/** What is usually compared; each row is an entry of the Compare menu and a command. */
export const PANEL_PRESETS = {
  methods: {
    label: 'Methods',
    hint: 'Grad-CAM beside Respond-CAM',
    view: SHARED_SCALE,
    panels: () => FIRST_PANELS,
  },
  difference: {
    label: 'Methods and their difference',
    hint: 'Respond-CAM minus Grad-CAM, on the same grid',
    view: SHARED_SCALE,
    panels: () => [...FIRST_PANELS, differencePanel('p3', ['p2', 'p1'])],
  },
  classes: {
    label: 'Class against runner-up',
    hint: 'The same method for the two highest scores',
    view: SHARED_SCALE,
    panels({ explain: { answer } }) {
      if (!answer) return 'once a volume is explained';
      const { scores } = answer.result;
      if (scores.length < 2) return 'the network has one number';
      const order = Array.from(scores.keys()).sort((a, b) => scores[b] - scores[a]);
      return [
        mapPanel('p1', 'respond', { classIndex: order[0] }),
        mapPanel('p2', 'respond', { classIndex: order[1] }),
        differencePanel('p3', ['p1', 'p2']),
      ];
    },
  },
  specific: {
    label: 'This class alone',
    hint: 'Respond-CAM, and what is left without the mean over all classes',
    view: SHARED_SCALE,
    panels: () => [mapPanel('p1', 'respond'), specificPanel('p2', 'p1')],
  },
  layers: {
    label: 'Layers',
    hint: 'Respond-CAM at every layer, as in Figure 4 of the paper',
    panels({ network: { model } }) {
      if (!model) return 'once a network is open';
      const names = model.layers.map(({ name }) => name);
      if (names.length < 2) return 'the network has one layer';
      return spread(names, MOST).map((layer, i) => mapPanel(id(i), 'respond', { layer }));
    },
  },
  networks: {
    label: 'Networks',
    hint: 'The networks trained at the same noise, and those that were opened',
    panels(sources) {
      const ids = networkIds(sources);
      if (typeof ids === 'string') return ids;
      return ids.map((network, i) => mapPanel(id(i), 'respond', { network }));
    },
  },
  volumes: {
    label: 'Volumes',
    hint: 'The opened volumes; of a sample, the same class with and without noise',
    panels(sources) {
      const ids = volumeIds(sources);
      if (typeof ids === 'string') return ids;
      return ids.map((volume, i) => mapPanel(id(i), 'respond', { volume }));
    },
  },
  methodsByLayers: {
    label: 'Tiles: methods by layers',
    hint: 'Grad-CAM over Respond-CAM at four layers',
    view: OWN_SCALES,
    panels({ network: { model } }) {
      if (!model) return 'once a network is open';
      const layers = spread(
        model.layers.map(({ name }) => name),
        MOST / 2,
      );
      if (layers.length < 2) return 'the network has one layer';
      return (['grad', 'respond'] as const)
        .flatMap((method) => layers.map((layer) => ({ method, layer })))
        .map(({ method, layer }, i) => mapPanel(id(i), method, { layer }));
    },
  },
  networksByVolumes: {
    label: 'Tiles: networks by volumes',
    hint: 'Respond-CAM of two volumes by the networks of this noise and those that were opened',
    view: OWN_SCALES,
    panels(sources) {
      const networks = networkIds(sources);
      const volumes = volumeIds(sources);
      if (typeof networks === 'string') return networks;
      if (typeof volumes === 'string') return volumes;
      return volumes
        .slice(0, 2)
        .flatMap((volume) => networks.slice(0, MOST / 2).map((network) => ({ volume, network })))
        .map((of, i) => mapPanel(id(i), 'respond', of));
    },
  },
  figure3: {
    label: 'Figure 3',
    hint: 'GroEL–GroES at SNR 0.1 by CNN-1, in the colours of the paper; the network takes 35 MB',
    view: AS_PRINTED,
    shows: FIGURE_3,
    panels({ network: { catalogue }, volumes: { gallery } }) {
      const { network, sample } = FIGURE_3;
      const known = (list: readonly { readonly id: string }[], one: string) =>
        list.some((entry) => entry.id === one);
      const here = known(catalogue, network) && known(gallery, sample);
      return here ? FIRST_PANELS : 'not in this build';
    },
  },
} as const satisfies Readonly<Record<string, PanelPreset>>;

export type PanelPresetId = keyof typeof PANEL_PRESETS;
