import type { CamMethod } from '../../core/cam/types.ts';
import { convertLevels, scaleOf } from '../display.ts';
import { currentMaps } from '../explain.ts';
import type { History } from '../history.ts';
import type { StoreSet } from '../set.ts';
import type { InputLevel, LevelUnit, Levels, ViewState } from '../view.ts';
import type { InputOptions } from '../volumes.ts';
import type { Explainer } from './explain.ts';

type UndoableView = Pick<ViewState, 'sign' | 'palette' | 'scaleMode' | 'sliceMix' | 'sliceLayout'>;

/** What the user chooses and can take back. */
export interface Choices {
  /** `null` follows the network's own answer. */
  chooseClass(index: number | null): void;
  /** `null` is the network's default layer. */
  chooseLayer(name: string | null): void;
  chooseMethods(left: CamMethod, right: CamMethod): void;
  /** `dragging` joins a drag's changes into one undo step. */
  setLevels(levels: Levels, dragging?: boolean): void;
  setLevelUnit(unit: LevelUnit): void;
  setInputLevel(level: InputLevel, dragging?: boolean): void;
  setView(part: Partial<UndoableView>): void;
  setInputOptions(part: Partial<InputOptions>): void;
}

export function createChoices(set: StoreSet, history: History, explainer: Explainer): Choices {
  const { explain, view, volumes } = set;
  return {
    chooseClass(index) {
      if (index === explain.getState().classIndex) return;
      history.commit('class', () => explain.setState({ classIndex: index }));
    },
    chooseLayer(layer) {
      if (layer === explain.getState().layer) return;
      history.commit('layer', () => explain.setState({ layer }));
      explainer.refresh();
    },
    chooseMethods(left, right) {
      history.commit('methods', () => explain.setState({ methods: [left, right] }));
    },
    setLevels(levels, dragging = false) {
      history.commit('levels', () => view.setState({ levels }), { merge: dragging });
    },
    setLevelUnit(unit) {
      const scales = currentMaps(explain.getState()).flatMap((one) =>
        one ? [scaleOf(one.map.data)] : [],
      );
      if (scales.length === 0 || unit === view.getState().levels.unit) return;
      const scale = {
        limit: Math.max(...scales.map((s) => s.limit)),
        sigma: Math.sqrt(scales.reduce((sum, s) => sum + s.sigma ** 2, 0) / scales.length),
      };
      if (!(scale.limit > 0)) return;
      history.commit('level unit', () =>
        view.setState({ levels: convertLevels(view.getState().levels, unit, scale) }),
      );
    },
    setInputLevel(inputLevel, dragging = false) {
      history.commit('input level', () => view.setState({ inputLevel }), { merge: dragging });
    },
    setView(part) {
      history.commit(Object.keys(part).join(', '), () => view.setState(part));
    },
    setInputOptions(part) {
      history.commit('input options', () =>
        volumes.setState({ options: { ...volumes.getState().options, ...part } }),
      );
      explainer.refresh();
    },
  };
}
