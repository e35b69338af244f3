import { convertLevel, heatmapBasis, type LevelUnit } from '../../core/color/index.ts';
import type { CamMethod } from '../../core/cam/types.ts';
import type { Aim } from '../aim.ts';
import { scaleOf, sharedScale } from '../display.ts';
import { currentMaps } from '../explain.ts';
import type { History } from '../history.ts';
import type { StoreSet } from '../set.ts';
import type { InputLevel, Levels } from '../view.ts';
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
  chooseMethods(left: CamMethod, right: CamMethod): void;
  /** `dragging` joins a drag's changes into one undo step. */
  setLevels(levels: Levels, dragging?: boolean): void;
  setLevelUnit(unit: LevelUnit): void;
  setInputLevel(level: InputLevel, dragging?: boolean): void;
  setView(part: Partial<ViewChoices>): void;
  /** Of the volume on screen. */
  setInputOptions(part: Partial<InputOptions>): void;
  /** Gives all opened files the options of the volume on screen. */
  shareInputOptions(): void;
}

export function createChoices(set: StoreSet, history: History, explainer: Explainer): Choices {
  const { explain, view, volumes } = set;
  /** Maps that are not there are asked for, unless the user has stopped everything. */
  const follow = () => {
    if (explain.getState().status !== 'idle') explainer.refresh();
  };
  return {
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
    chooseMethods(left, right) {
      history.commit('methods', () => explain.setState({ methods: [left, right] }));
      follow();
    },
    setLevels(levels, dragging = false) {
      history.commit('levels', () => view.setState({ levels }), { merge: dragging });
    },
    setLevelUnit(unit) {
      const scale = sharedScale(
        currentMaps(explain.getState()).flatMap((one) => (one ? [scaleOf(one.map.data)] : [])),
      );
      const { levels } = view.getState();
      if (!(scale.limit > 0) || unit === levels.unit) return;
      const basis = heatmapBasis(scale.limit, scale.sigma);
      const values = levels.values.map((value) =>
        Number(convertLevel(value, levels.unit, unit, basis).toPrecision(7)),
      );
      history.commit('level unit', () => view.setState({ levels: { unit, values } }));
    },
    setInputLevel(inputLevel, dragging = false) {
      history.commit('input level', () => view.setState({ inputLevel }), { merge: dragging });
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
