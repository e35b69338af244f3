import type { StoreApi } from 'zustand/vanilla';
import type { CameraState, ViewState } from './view.ts';

/** Camera and crosshair of a panel that does not move with the others. */
export interface OwnLook {
  /** Id of the panel. */
  readonly panel: string;
  readonly camera: CameraState;
  readonly crosshair: ViewState['crosshair'];
}

type Look = Pick<OwnLook, 'camera' | 'crosshair'>;

/** What a panel is seen with: its own camera and crosshair where it was unlinked, else those that all share. */
export function lookOf(
  view: Pick<ViewState, 'camera' | 'crosshair' | 'unlinked'>,
  id: string,
): Look {
  return view.unlinked.find(({ panel }) => panel === id) ?? view;
}

/** Moves the camera or crosshair of a panel, with those of all that are linked with it. */
export function setLook(store: StoreApi<ViewState>, id: string, part: Partial<Look>): void {
  const { unlinked } = store.getState();
  if (!unlinked.some(({ panel }) => panel === id)) store.setState(part);
  else {
    store.setState({
      unlinked: unlinked.map((own) => (own.panel === id ? { ...own, ...part } : own)),
    });
  }
}

/** Lets a panel move alone from here on, or with the others again. */
export function linkPanel(store: StoreApi<ViewState>, id: string, linked: boolean): void {
  const { unlinked, camera, crosshair } = store.getState();
  const others = unlinked.filter(({ panel }) => panel !== id);
  store.setState({ unlinked: linked ? others : [...others, { panel: id, camera, crosshair }] });
}
