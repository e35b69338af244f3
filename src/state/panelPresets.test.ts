import { describe, expect, it } from 'vitest';
import { movedPanel, type Panel, withoutPanel } from '../core/session/index.ts';
import { PANEL_PRESETS, type PresetSources } from './panelPresets.ts';

const sources = (part: object = {}) =>
  ({
    volumes: { items: [], currentId: null, gallery: [] },
    network: { model: null, catalogue: [], opened: [] },
    explain: { answer: null },
    ...part,
  }) as unknown as PresetSources;

const overrides = (panels: readonly Panel[] | string) =>
  typeof panels === 'string'
    ? panels
    : panels.map((panel) => (panel.shows === 'map' ? panel.overrides : panel.of));

describe('usual comparisons', () => {
  it('says what is missing', () => {
    const words = Object.values(PANEL_PRESETS).map((preset) => preset.panels(sources()));
    expect(words.filter((one) => typeof one === 'string')).toHaveLength(7);
  });

  it('puts the class beside its runner-up, with their difference', () => {
    const explain = { answer: { result: { scores: [1, 5, -2, 4] } } };
    expect(overrides(PANEL_PRESETS.classes.panels(sources({ explain })))).toEqual([
      { classIndex: 1 },
      { classIndex: 3 },
      ['p1', 'p2'],
    ]);
  });

  it('spreads over the layers of a deep network, first and last among them', () => {
    const layers = Array.from({ length: 50 }, (_, i) => ({ name: `layer ${i}` }));
    const network = { model: { layers }, catalogue: [], opened: [] };
    const panels = overrides(PANEL_PRESETS.layers.panels(sources({ network })));
    expect(panels).toHaveLength(8);
    expect(panels[0]).toEqual({ layer: 'layer 0' });
    expect(panels.at(-1)).toEqual({ layer: 'layer 49' });
  });

  it('takes the networks of the same noise and those that were opened', () => {
    const catalogue = [
      { id: 'a', snr: 'inf' },
      { id: 'b', snr: 0.1 },
      { id: 'c', snr: 'inf' },
    ];
    const network = { model: { id: 'a', layers: [] }, catalogue, opened: [{ id: 'mine' }] };
    expect(overrides(PANEL_PRESETS.networks.panels(sources({ network })))).toEqual([
      { network: 'a' },
      { network: 'c' },
      { network: 'mine' },
    ]);
  });

  it('takes the same class with and without noise where one sample is open', () => {
    const sample = { id: 's', classIndex: 3 };
    const volumes = {
      items: [{ id: 'v', sample }],
      currentId: 'v',
      gallery: [sample, { id: 't', classIndex: 3 }, { id: 'u', classIndex: 4 }],
    };
    expect(overrides(PANEL_PRESETS.volumes.panels(sources({ volumes })))).toEqual([
      { volume: 'v' },
      { volume: 't' },
    ]);
  });
});

describe('lists of panels', () => {
  const panels = PANEL_PRESETS.difference.panels();
  it('lose a difference with what it is of', () => {
    expect(withoutPanel(panels, 'p1').map(({ id }) => id)).toEqual(['p2']);
    expect(withoutPanel(panels, 'p3').map(({ id }) => id)).toEqual(['p1', 'p2']);
  });
  it('move a panel no further than the ends', () => {
    expect(movedPanel(panels, 'p1', 9).map(({ id }) => id)).toEqual(['p2', 'p3', 'p1']);
    expect(movedPanel(panels, 'p3', -1).map(({ id }) => id)).toEqual(['p3', 'p1', 'p2']);
  });
});

it("knows the paper's Figure 3 where its network and sample are bundled", () => {
  const network = { model: null, catalogue: [{ id: 'cnn-1-0.1' }], opened: [] };
  const volumes = { items: [], currentId: null, gallery: [{ id: '1AON-0.1' }] };
  const { figure3 } = PANEL_PRESETS;
  expect(figure3.panels(sources({ network, volumes }))).toHaveLength(2);
  expect(figure3.panels(sources({ network }))).toBe('not in this build');
});
