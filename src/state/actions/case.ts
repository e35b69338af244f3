import type { CamMethod } from '../../core/cam/types.ts';
import type { History } from '../history.ts';
import type { StoreSet } from '../set.ts';
import type { Explainer } from './explain.ts';
import type { InputActions } from './input.ts';
import type { NetworkActions } from './network.ts';

/** One question to a network, as a link names it; null leaves that part as it is. */
export interface Case {
  /** Id of a gallery sample. */
  readonly sample: string | null;
  /** Id of a bundled network. */
  readonly network: string | null;
  readonly layer: string | null;
  readonly classIndex: number | null;
  readonly method: CamMethod | null;
}

export interface CaseActions {
  /** Shows a case; parts that this build does not have stay as they are. */
  openCase(wanted: Case): Promise<void>;
}

export function createCaseActions(
  { explain, network }: StoreSet,
  history: History,
  explainer: Explainer,
  { chooseSample }: Pick<InputActions, 'chooseSample'>,
  { chooseNetwork }: Pick<NetworkActions, 'chooseNetwork'>,
): CaseActions {
  let latest = 0;
  return {
    async openCase(wanted) {
      const turn = ++latest;
      const { layer, methods } = explain.getState();
      const { method } = wanted;
      // Before anything is loaded, so that it is explained as wanted at once.
      history.commit('case', () =>
        explain.setState({
          layer: wanted.layer ?? layer,
          methods: !method || methods.includes(method) ? methods : [methods[0], method],
        }),
      );
      await Promise.all([
        wanted.network && chooseNetwork(wanted.network),
        wanted.sample && chooseSample(wanted.sample),
      ]);
      if (turn !== latest) return;
      const { model } = network.getState();
      const { classIndex } = wanted;
      if (model && classIndex !== null && classIndex < model.classes.length) {
        explain.setState({ classIndex });
      }
      explainer.refresh();
    },
  };
}
