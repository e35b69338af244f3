import type { CamMethod } from '../cam/types.ts';
import type { Aim } from './aim.ts';
import type { ViewKind } from './viewKinds.ts';

/**
 * What a panel asks in place of the choice in the header. Volumes and networks are named by the id that the list they
 * come from gives them: a bundled sample or network by its own, an opened one by that of this visit.
 */
export interface PanelOverrides {
  readonly volume?: string;
  readonly network?: string;
  readonly layer?: string;
  readonly aim?: Aim;
  readonly classIndex?: number;
}

interface PanelBase {
  /** Unique among the panels; stays with the panel wherever it is moved. */
  readonly id: string;
  /** How it is drawn. */
  readonly kind: ViewKind;
}

/** The heatmap of one method. */
export interface MapPanel extends PanelBase {
  readonly shows: 'map';
  readonly method: CamMethod;
  readonly overrides: PanelOverrides;
}

/** The map of one panel minus that of another. */
export interface DifferencePanel extends PanelBase {
  readonly shows: 'difference';
  /** Ids of panels with maps: the first minus the second. */
  readonly of: readonly [string, string];
}

/** What is left of the map of a panel when what all classes have in common is taken out. */
export interface SpecificPanel extends PanelBase {
  readonly shows: 'specific';
  /** Id of the panel. */
  readonly of: readonly [string];
}

/** A panel that is made of the maps of others. */
export type DerivedPanel = DifferencePanel | SpecificPanel;

/** One column of the comparison beside the input. */
export type Panel = MapPanel | DerivedPanel;

/** The panels that a panel is made of. */
const madeOf = ({ of }: DerivedPanel): readonly string[] => of;

export const isMapPanel = (panel: Panel): panel is MapPanel => panel.shows === 'map';

/** Whether a panel's map is in the answer to what the header asks; its class may be another one. */
export function asksTheHeader({ overrides }: MapPanel): boolean {
  const { volume, network, layer, aim } = overrides;
  return [volume, network, layer, aim].every((override) => override === undefined);
}

/** The panels whose maps are in the answer to what the header asks. */
export const headerPanels = (panels: readonly Panel[]): MapPanel[] =>
  panels.filter(isMapPanel).filter(asksTheHeader);

export function mapPanel(
  id: string,
  method: CamMethod,
  overrides: PanelOverrides = {},
  kind: ViewKind = 'shells',
): MapPanel {
  return { id, shows: 'map', kind, method, overrides };
}

/** The methods that the paper compares. */
export const FIRST_PANELS: readonly Panel[] = [mapPanel('p1', 'grad'), mapPanel('p2', 'respond')];

export function differencePanel(id: string, of: readonly [string, string]): DifferencePanel {
  return { id, shows: 'difference', kind: 'shells', of };
}

export function specificPanel(id: string, of: string): SpecificPanel {
  return { id, shows: 'specific', kind: 'shells', of: [of] };
}

/** An id that none of the panels has. */
export function freeId(panels: readonly Panel[]): string {
  let number = panels.length + 1;
  while (panels.some(({ id }) => id === `p${number}`)) number++;
  return `p${number}`;
}

/** The panels without one, and without those that are made of it. */
export function withoutPanel(panels: readonly Panel[], id: string): Panel[] {
  return panels.filter(
    (panel) => panel.id !== id && (isMapPanel(panel) || !madeOf(panel).includes(id)),
  );
}

/** The panels with one moved to another place among them. */
export function movedPanel(panels: readonly Panel[], id: string, to: number): Panel[] {
  const panel = panels.find((one) => one.id === id);
  if (!panel) return [...panels];
  const rest = panels.filter((one) => one !== panel);
  const at = Math.min(rest.length, Math.max(0, to));
  return [...rest.slice(0, at), panel, ...rest.slice(at)];
}
