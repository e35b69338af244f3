export { type Aim, aimKey, DEFAULT_AIM } from './aim.ts';
export {
  asksTheHeader,
  type DerivedPanel,
  differencePanel,
  type DifferencePanel,
  FIRST_PANELS,
  freeId,
  headerPanels,
  isMapPanel,
  type MapPanel,
  mapPanel,
  movedPanel,
  type Panel,
  type PanelOverrides,
  specificPanel,
  type SpecificPanel,
  withoutPanel,
} from './panel.ts';
export { VIEW_KINDS, type ViewKind } from './viewKinds.ts';
