import { differencePanel, FIRST_PANELS, mapPanel, type Panel } from '../core/session/index.ts';
import type { ExplainState } from './explain.ts';
import type { NetworkState } from './network.ts';
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
  /** The panels; or what is missing, in a few words. */
  panels(sources: PresetSources): readonly Panel[] | string;
}

/** Panels that fit beside each other with their heads readable. */
const MOST = 8;

const id = (i: number) => `p${i + 1}`;

/** What is usually compared; each row is an entry of the Compare menu and a command. */
export const PANEL_PRESETS = {
  methods: {
    label: 'Methods',
    hint: 'Grad-CAM beside Respond-CAM',
    panels: () => FIRST_PANELS,
  },
  difference: {
    label: 'Methods and their difference',
    hint: 'Respond-CAM minus Grad-CAM, on the same grid',
    panels: () => [...FIRST_PANELS, differencePanel('p3', ['p2', 'p1'])],
  },
  classes: {
    label: 'Class against runner-up',
    hint: 'The same method for the two highest scores',
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
  layers: {
    label: 'Layers',
    hint: 'Respond-CAM at every layer, as in Figure 4 of the paper',
    panels({ network: { model } }) {
      if (!model) return 'once a network is open';
      const names = model.layers.map(({ name }) => name);
      if (names.length < 2) return 'the network has one layer';
      // Of many, those spread evenly, the last one included.
      const step = Math.max(1, (names.length - 1) / (MOST - 1));
      const count = Math.min(MOST, names.length);
      const chosen = Array.from({ length: count }, (_, i) => names[Math.round(i * step)]);
      return chosen.map((layer, i) => mapPanel(id(i), 'respond', { layer }));
    },
  },
  networks: {
    label: 'Networks',
    hint: 'The networks trained at the same noise, and those that were opened',
    panels({ network: { model, catalogue, opened } }) {
      const own = catalogue.find((entry) => entry.id === model?.id);
      const alike = catalogue.filter(({ snr }) => !own || snr === own.snr).map((entry) => entry.id);
      const ids = [...new Set([...alike, ...opened.map((entry) => entry.id)])].slice(0, MOST);
      if (ids.length < 2) return 'once two networks are open';
      return ids.map((network, i) => mapPanel(id(i), 'respond', { network }));
    },
  },
  volumes: {
    label: 'Volumes',
    hint: 'The opened volumes; of a sample, the same class with and without noise',
    panels({ volumes }) {
      const item = currentVolume(volumes);
      const { sample } = item ?? {};
      const others = sample
        ? volumes.gallery.filter(
            (one) => one.classIndex === sample.classIndex && one.id !== sample.id,
          )
        : [];
      const opened = volumes.items.map((one) => one.id).slice(0, MOST);
      const ids = opened.length > 1 ? opened : [...opened, ...others.map((one) => one.id)];
      if (ids.length < 2) return 'once two volumes are open';
      return ids.map((volume, i) => mapPanel(id(i), 'respond', { volume }));
    },
  },
} as const satisfies Readonly<Record<string, PanelPreset>>;

export type PanelPresetId = keyof typeof PANEL_PRESETS;
