import { isMapPanel, type Panel, type PanelOverrides } from '../../core/session/index.ts';

/** What a panel has in place of the choice at the top; a class of its own is checked like any other. */
const OWN: Readonly<Record<Exclude<keyof PanelOverrides, 'classIndex'>, string>> = {
  volume: 'volume',
  network: 'network',
  layer: 'layer',
  aim: 'number',
};

/** What the panels are of, where none of them follows the choice at the top. */
export function ownWords(panels: readonly Panel[]): string {
  const overrides = panels.filter(isMapPanel).map((panel) => panel.overrides);
  const own = (Object.keys(OWN) as (keyof typeof OWN)[]).filter((key) =>
    overrides.some((one) => one[key] !== undefined),
  );
  return `Each panel has a ${own.map((key) => OWN[key]).join(' and a ')} of its own.`;
}
