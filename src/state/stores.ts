import type { StoreApi } from 'zustand/vanilla';
import { type DeepLinkActions, createDeepLinkActions } from './actions/deepLink.ts';
import { createEvaluationActions, type EvaluationActions } from './actions/evaluate.ts';
import { AnswerCache } from './actions/answerCache.ts';
import type { Panel } from '../core/session/index.ts';
import { createExplainer, type Explainer } from './actions/explain.ts';
import { createInputActions, type InputActions } from './actions/input.ts';
import { createLayerStripActions, type LayerStripActions } from './actions/layerStrip.ts';
import { createNetworkActions, type NetworkActions } from './actions/network.ts';
import { createNetworkPool } from './actions/networkPool.ts';
import { createPanelAnswers } from './actions/panelAnswers.ts';
import { createParticleActions, type ParticleActions } from './actions/particles.ts';
import { createPaperActions, type PaperActions } from './actions/paper.ts';
import { createSegmentActions, type SegmentActions } from './actions/segment.ts';
import { createSessionActions, type SessionActions } from './actions/session.ts';
import { createStructureActions, type StructureActions } from './actions/structure.ts';
import { createChoices, type Choices } from './actions/choices.ts';
import { createReferenceActions, type ReferenceActions } from './actions/references.ts';
import { createMapTestActions, type MapTestActions } from './actions/mapTests.ts';
import { createOccludeActions, type OccludeActions } from './actions/occlude.ts';
import { createWalkActions, type WalkActions } from './actions/walk.ts';
import { createWhatIfActions, type WhatIfActions } from './actions/whatIf.ts';
import { derive, type ReadStore } from './derived.ts';
import { computeDisplay, shownBasis } from './display.ts';
import { createHistory, type History } from './history.ts';
import { createStoreSet, type StoreSet } from './set.ts';
import { marksOn, setMarks } from './occlusion.ts';
import { dismiss, dismissErrors, notify, type Remedy } from './notices.ts';
import type { Display, Services } from './types.ts';
import { optionsOf, setOptions } from './volumes.ts';

export interface AppStores extends StoreSet {
  readonly display: ReadStore<Display>;
  readonly history: History;
  readonly explainer: Explainer;
  readonly actions: InputActions &
    NetworkActions &
    Choices &
    DeepLinkActions &
    SessionActions &
    StructureActions &
    EvaluationActions &
    ExplainActions &
    WhatIfActions &
    LayerStripActions &
    WalkActions &
    OccludeActions &
    MapTestActions &
    ReferenceActions &
    SegmentActions &
    ParticleActions &
    PaperActions;
}

interface ExplainActions {
  /** Explains what is on screen, unless that is done or under way. */
  explain(): void;
  cancelExplanation(): void;
  /** Shows a failure in one sentence, with what helps where something does. */
  reportError(sentence: string, remedy?: Remedy): void;
  /** Shows for a moment what was done. */
  inform(sentence: string, remedy?: Remedy): void;
  dismissNotice(id: number): void;
  dismissErrors(): void;
}

/** All stores and actions; `services` is asked at the time of use. */
export function createAppStores(
  services: () => Services,
  now: () => number = () => Date.now(),
): AppStores {
  const set = createStoreSet();
  const cache = new AnswerCache();
  const pool = createNetworkPool(set, services);
  const explainer = createExplainer(set, services, cache, () => panels.refresh());
  const history = createHistory({ ...undoable(set, explainer), now });
  // What can be undone depends on these, too.
  refreshOn(set.network, history, ['model']);
  refreshOn(set.volumes, history, ['currentId', 'options']);
  refreshOn(set.explain, history, ['layer', 'classIndex', 'aim']);
  const inputs = () => {
    const { items, currentId } = set.volumes.getState();
    const { levels, inputLevel, scaleMode } = set.view.getState();
    const contrast = set.network.getState().model?.sidecar.contrast;
    const { prepared, answer, stale, asked, classIndex, panels, others } = set.explain.getState();
    return [
      ...[items, currentId, prepared, answer, stale, asked, classIndex, panels, others],
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
  const networkActions = createNetworkActions(set, services, explainer, history, pool);
  const inputActions = createInputActions(set, services, explainer, networkActions);
  const panels = createPanelAnswers(set, services, cache, pool, inputActions.openSample);
  const choices = createChoices(set, history, explainer, () => shownBasis(display.getState()), {
    open({ network, sample }) {
      void networkActions.chooseNetwork(network);
      void inputActions.chooseSample(sample);
    },
    hold() {
      const { chosenId, byUser } = set.network.getState();
      const { currentId } = set.volumes.getState();
      return () => {
        const there = set.volumes.getState().items.some(({ id }) => id === currentId);
        if (currentId !== null && there) inputActions.chooseVolume(currentId);
        if (chosenId !== null) void networkActions.chooseNetwork(chosenId, byUser);
      };
    },
  });
  const structures = createStructureActions(set, services, history);
  const opening = { ...inputActions, ...networkActions, ...choices };
  return {
    ...set,
    display,
    history,
    explainer,
    actions: {
      ...inputActions,
      ...networkActions,
      ...createDeepLinkActions(inputActions, networkActions, choices),
      ...choices,
      ...createSessionActions(set, services, inputActions, networkActions, structures, pool),
      ...structures,
      ...createEvaluationActions(set, services, opening, now),
      ...createPaperActions(set, services),
      ...createWhatIfActions(set, services),
      ...createLayerStripActions(set, services),
      ...createWalkActions(set, services),
      ...createOccludeActions(set, services, history),
      ...createMapTestActions(set, services),
      ...createReferenceActions(set, services, choices),
      ...createSegmentActions(set, services, inputActions),
      ...createParticleActions(set, services, inputActions, now),
      explain: explainer.refresh,
      cancelExplanation: explainer.cancel,
      reportError: (text, remedy) => notify(set.notices, 'error', text, remedy),
      inform: (text, remedy) => notify(set.notices, 'info', text, remedy),
      dismissNotice: (id) => dismiss(set.notices, id),
      dismissErrors: () => dismissErrors(set.notices),
    },
  };
}

function refreshOn<T>(store: StoreApi<T>, history: History, keys: readonly (keyof T)[]): void {
  store.subscribe((now, before) => {
    if (keys.some((key) => now[key] !== before[key])) history.refresh();
  });
}

/** What undo puts back: the user's choices, never data, camera or crosshair. */
function undoable(
  { explain, network, view, volumes, structure, occlusion }: StoreSet,
  explainer: Explainer,
) {
  const take = () => {
    const { classIndex, layer, aim, panels } = explain.getState();
    const { camera, crosshair, unlinked, ...looks } = view.getState();
    return {
      ...{ classIndex, layer, aim, panels },
      ...looks,
      options: optionsOf(volumes.getState()),
      pose: structure.getState().pose,
      marks: marksOn(occlusion.getState(), volumes.getState().currentId),
    };
  };
  type Choices = ReturnType<typeof take>;
  return {
    take,
    restore(part: Partial<Choices>) {
      const { classIndex, layer, aim, panels, options, pose, marks, ...looks } = part;
      const { currentId } = volumes.getState();
      const ids = (some: readonly Panel[]) => some.map(({ id }) => id).join();
      // Another comparison is shown whole.
      const another = panels && ids(panels) !== ids(explain.getState().panels);
      view.setState({ ...(another && { maximised: null, unlinked: [] }), ...looks });
      if (pose) structure.setState({ pose });
      if (options) setOptions(volumes, options);
      if (marks !== undefined && currentId !== null) setMarks(occlusion, currentId, marks);
      explain.setState({
        ...(classIndex !== undefined && { classIndex }),
        ...(layer !== undefined && { layer }),
        ...(aim && { aim }),
        ...(panels && { panels }),
      });
      explainer.refresh();
    },
    /** Classes and layers are the network's own, options and marks the volume's. */
    scopeOf(keys: readonly (keyof Choices)[]) {
      if (keys.includes('classIndex') || keys.includes('layer') || keys.includes('aim'))
        return `network ${network.getState().model?.id}`;
      const ofVolume = keys.includes('options') || keys.includes('marks');
      return ofVolume ? `volume ${volumes.getState().currentId}` : null;
    },
  };
}
