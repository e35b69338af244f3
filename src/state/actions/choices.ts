import {
  type HeatmapBasis,
  heatmapLevel,
  type HeatmapUnit,
  heatmapValue,
} from '../../core/color/index.ts';
import type { CamMethod } from '../../core/cam/types.ts';
import {
  freeId,
  headerPanels,
  isMapPanel,
  mapPanel,
  movedPanel,
  type Panel,
  type PanelOverrides,
  specificPanel,
  type ViewKind,
  withoutPanel,
} from '../../core/session/index.ts';
import type { Aim } from '../aim.ts';
import type { History } from '../history.ts';
import { linkPanel } from '../look.ts';
import { notify } from '../notices.ts';
import { PANEL_PRESETS, type PanelPreset, type PanelPresetId } from '../panelPresets.ts';
import type { StoreSet } from '../set.ts';
import type { InputLevel, Levels, ViewState } from '../view.ts';
import { VIEW_CHOICES, type ViewChoice, type ViewChoices } from '../viewChoices.ts';
import { type InputOptions, optionsOf, setOptions } from '../volumes.ts';
import type { Explainer } from './explain.ts';

/** What the user chooses and can take back. */
export interface Choices {
  /** `null` follows the network's own answer. */
  chooseClass(index: number | null): void;
  /** `null` is the network's default layer. */
  chooseLayer(name: string | null): void;
  /** Another number of the network; the class is the network's own answer again. */
  chooseAim(part: Partial<Aim>): void;
  /** What is compared. @param what names the change for undo */
  setPanels(panels: readonly Panel[], what?: string): void;
  /** One of the usual comparisons; says so where something is missing for it. */
  choosePreset(id: PanelPresetId): void;
  /** One panel more: the map of a method, or a copy of a panel beside it. */
  addPanel(method: CamMethod, after?: string): void;
  /** What is left of a panel's map without the mean over all classes, beside it. */
  addSpecific(of: string): void;
  removePanel(id: string): void;
  /** Moves a panel by places to the right, or to the left. */
  movePanel(id: string, by: number): void;
  /** What a panel asks in place of the header; an empty part follows it again. */
  overridePanel(id: string, overrides: PanelOverrides): void;
  /** How one panel draws its map. */
  drawPanel(id: string, kind: ViewKind): void;
  /** How all panels draw their maps. */
  drawPanels(kind: ViewKind): void;
  /** Shows the panels one at a time in the same place: the next one, or the first where all are shown. */
  flipPanels(): void;
  /** The method of one panel. */
  chooseMethod(id: string, method: CamMethod): void;
  /** Shows a method's map of what the header asks; the last of its panels gives way where none has it. */
  showMethod(method: CamMethod): void;
  /** `drag` joins the changes of one drag into one undo step; `true` those that follow each other at once. */
  setLevels(levels: Levels, drag?: boolean | symbol): void;
  setLevelUnit(unit: HeatmapUnit): void;
  setInputLevel(level: InputLevel, dragging?: boolean): void;
  /** Of the density's surface around a map. */
  setSurface(part: Partial<Pick<ViewState, 'densityOpacity' | 'dust'>>): void;
  setView(part: Partial<ViewChoices>): void;
  /** Of the volume on screen. */
  setInputOptions(part: Partial<InputOptions>): void;
  /** Gives all opened files the options of the volume on screen. */
  shareInputOptions(): void;
}

/** A case is a network and a volume. */
interface CaseActions {
  /** Shows a bundled network and sample. */
  open(shows: NonNullable<PanelPreset['shows']>): void;
  /** @returns what shows the case of now again */
  hold(): () => void;
}

export function createChoices(
  set: StoreSet,
  history: History,
  explainer: Explainer,
  /** Of the maps on screen. */
  shownBasis: () => HeatmapBasis,
  cases: CaseActions,
): Choices {
  const { explain, view, volumes } = set;
  /** Maps that are not there are asked for, unless the user has stopped everything. */
  const follow = () => {
    if (explain.getState().status !== 'idle') explainer.refresh();
  };
  const setPanels = (panels: readonly Panel[], what = 'panels') => {
    history.commit(what, () => explain.setState({ panels }));
    follow();
  };
  const chooseMethod = (id: string, method: CamMethod) =>
    setPanels(
      explain
        .getState()
        .panels.map((panel) =>
          panel.id === id && isMapPanel(panel) ? { ...panel, method } : panel,
        ),
      'methods',
    );
  const panelsNow = () => explain.getState().panels;
  return {
    setPanels,
    chooseMethod,
    choosePreset(id) {
      const preset: PanelPreset = PANEL_PRESETS[id];
      const found = preset.panels({
        volumes: volumes.getState(),
        network: set.network.getState(),
        explain: explain.getState(),
      });
      if (typeof found === 'string') notify(set.notices, 'info', `${preset.label}: ${found}.`);
      else {
        view.setState({ maximised: null, unlinked: [] });
        const { shows } = preset;
        const open = shows && (() => cases.open(shows));
        history.commit(
          'panels',
          () => {
            explain.setState({ panels: found });
            view.setState(preset.view ?? {});
          },
          { also: open && { undo: cases.hold(), redo: open } },
        );
        open?.();
        follow();
      }
    },
    addPanel(method, after) {
      const panels = panelsNow();
      const copied = panels.find((panel) => panel.id === after);
      const overrides = copied && isMapPanel(copied) ? copied.overrides : {};
      const panel = mapPanel(freeId(panels), method, overrides);
      const at = copied ? panels.indexOf(copied) + 1 : panels.length;
      setPanels([...panels.slice(0, at), panel, ...panels.slice(at)]);
    },
    addSpecific(of) {
      const panels = panelsNow();
      const at = panels.findIndex(({ id }) => id === of) + 1;
      setPanels([...panels.slice(0, at), specificPanel(freeId(panels), of), ...panels.slice(at)]);
    },
    removePanel(id) {
      linkPanel(view, id, true);
      setPanels(withoutPanel(panelsNow(), id));
    },
    movePanel(id, by) {
      const at = panelsNow().findIndex((panel) => panel.id === id);
      setPanels(movedPanel(panelsNow(), id, at + by));
    },
    overridePanel: (id, overrides) =>
      setPanels(
        panelsNow().map((panel) =>
          panel.id === id && isMapPanel(panel) ? { ...panel, overrides } : panel,
        ),
      ),
    drawPanel: (id, kind) =>
      setPanels(
        panelsNow().map((panel) => (panel.id === id ? { ...panel, kind } : panel)),
        'how a panel is drawn',
      ),
    drawPanels: (kind) =>
      setPanels(
        panelsNow().map((panel) => ({ ...panel, kind })),
        'how the panels are drawn',
      ),
    flipPanels() {
      const panels = panelsNow();
      const at = panels.findIndex(({ id }) => id === view.getState().maximised);
      view.setState({ maximised: panels[(at + 1) % panels.length]?.id ?? null });
    },
    showMethod(method) {
      const shown = headerPanels(explain.getState().panels);
      const last = shown.at(-1);
      if (last && !shown.some((panel) => panel.method === method)) chooseMethod(last.id, method);
    },
    chooseClass(index) {
      const { answer, classIndex } = explain.getState();
      // While the maps of a replaced network are shown, their classes are not this network's.
      if (index === classIndex || answer?.lastClass != null) return;
      history.commit('class', () => explain.setState({ classIndex: index }));
      follow();
    },
    chooseLayer(layer) {
      if (layer === explain.getState().layer) return;
      history.commit('layer', () => explain.setState({ layer }));
      explainer.refresh();
    },
    chooseAim(part) {
      history.commit('what is explained', () =>
        explain.setState(({ aim }) => ({ aim: { ...aim, ...part }, classIndex: null })),
      );
      explainer.refresh();
    },
    setLevels(levels, drag = false) {
      history.commit('levels', () => view.setState({ levels }), { merge: drag });
    },
    setLevelUnit(unit) {
      const basis = shownBasis();
      const { levels } = view.getState();
      if (!(basis.extreme > 0) || unit === levels.unit) return;
      const values = levels.values.map((value) => {
        const magnitude = heatmapLevel(Math.abs(value), levels.unit, basis);
        return Number(heatmapValue(magnitude, unit, basis).toPrecision(7));
      });
      history.commit('level unit', () => view.setState({ levels: { unit, values } }));
    },
    setInputLevel(inputLevel, dragging = false) {
      history.commit('input level', () => view.setState({ inputLevel }), { merge: dragging });
    },
    setSurface(part) {
      history.commit('surface of the density', () => view.setState(part), { merge: true });
    },
    setView(part) {
      const titles = Object.keys(part).map((choice) => VIEW_CHOICES[choice as ViewChoice].title);
      history.commit(titles.join(', ').toLowerCase(), () => view.setState(part));
    },
    setInputOptions(part) {
      history.commit('input options', () =>
        setOptions(volumes, { ...optionsOf(volumes.getState()), ...part }),
      );
      explainer.refresh();
    },
    shareInputOptions() {
      const state = volumes.getState();
      const options = optionsOf(state);
      const own = state.items.filter(({ sample }) => !sample);
      volumes.setState({
        options: { ...state.options, ...Object.fromEntries(own.map(({ id }) => [id, options])) },
      });
    },
  };
}
