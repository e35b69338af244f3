import { type CaseActions, createCaseActions } from './actions/case.ts';
import { createEvaluationActions, type EvaluationActions } from './actions/evaluate.ts';
import { createExplainer, type Explainer } from './actions/explain.ts';
import { createInputActions, type InputActions } from './actions/input.ts';
import { createNetworkActions, type NetworkActions } from './actions/network.ts';
import { createPaperActions, type PaperActions } from './actions/paper.ts';
import { createChoices, type Choices } from './actions/choices.ts';
import { derive, type ReadStore } from './derived.ts';
import { computeDisplay } from './display.ts';
import { createHistory, type History } from './history.ts';
import { createStoreSet, type StoreSet } from './set.ts';
import { dismiss, notify } from './notices.ts';
import type { Display, Services } from './types.ts';

export interface AppStores extends StoreSet {
  readonly display: ReadStore<Display>;
  readonly history: History;
  readonly explainer: Explainer;
  readonly actions: InputActions &
    NetworkActions &
    Choices &
    CaseActions &
    EvaluationActions &
    ExplainActions &
    PaperActions;
}

interface ExplainActions {
  /** Explains what is on screen, unless that is done or under way. */
  explain(): void;
  cancelExplanation(): void;
  /** Shows a failure in one sentence. */
  tell(sentence: string): void;
  dismissNotice(id: number): void;
}

/** All stores and actions; `services` is asked at the time of use. */
export function createAppStores(
  services: () => Services,
  now: () => number = () => Date.now(),
): AppStores {
  const set = createStoreSet();
  const explainer = createExplainer(set, services);
  const { take, restore } = snapshots(set, explainer);
  const history = createHistory(take, restore, now);
  const inputs = () => {
    const { items, currentId } = set.volumes.getState();
    const { levels, inputLevel, scaleMode } = set.view.getState();
    const contrast = set.network.getState().model?.sidecar.contrast;
    const { prepared, result, classIndex, methods } = set.explain.getState();
    return [
      ...[items, currentId, prepared, result, classIndex, methods],
      ...[levels, inputLevel, scaleMode, contrast],
    ];
  };
  const display = derive([set.volumes, set.explain, set.view, set.network], inputs, () =>
    computeDisplay(
      set.volumes.getState(),
      set.explain.getState(),
      set.view.getState(),
      set.network.getState().model?.sidecar.contrast,
    ),
  );
  const inputActions = createInputActions(set, services, explainer);
  const networkActions = createNetworkActions(set, services, explainer);
  const choices = createChoices(set, history, explainer);
  const opening = { ...inputActions, ...networkActions, ...choices };
  return {
    ...set,
    display,
    history,
    explainer,
    actions: {
      ...inputActions,
      ...networkActions,
      ...createCaseActions(set, history, explainer, inputActions, networkActions),
      ...choices,
      ...createEvaluationActions(set, services, opening, now),
      ...createPaperActions(set, services),
      explain: explainer.refresh,
      cancelExplanation: explainer.cancel,
      tell: (text) => notify(set.notices, 'error', text),
      dismissNotice: (id) => dismiss(set.notices, id),
    },
  };
}

/** What undo puts back: the user's choices, never data, camera or crosshair. */
function snapshots(set: StoreSet, explainer: Explainer) {
  const take = () => {
    const { classIndex, layer, methods } = set.explain.getState();
    const { levels, inputLevel, sign, palette, scaleMode, sliceMix, sliceLayout } =
      set.view.getState();
    const { options } = set.volumes.getState();
    return {
      explain: { classIndex, layer, methods },
      view: { levels, inputLevel, sign, palette, scaleMode, sliceMix, sliceLayout },
      options,
    };
  };
  const restore = (snapshot: ReturnType<typeof take>) => {
    set.view.setState(snapshot.view);
    set.volumes.setState({ options: snapshot.options });
    set.explain.setState(snapshot.explain);
    explainer.refresh();
  };
  return { take, restore };
}
