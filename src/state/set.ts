import { createEngineStore } from './engine.ts';
import { createEvaluationStore } from './evaluation.ts';
import { createExplainStore } from './explain.ts';
import { createNetworkStore } from './network.ts';
import { createNoticesStore } from './notices.ts';
import { createPaperStore } from './paper.ts';
import { createSessionStore } from './session.ts';
import { createStructureStore } from './structure.ts';
import { createViewStore } from './view.ts';
import { createSegmentationStore } from './segmentation.ts';
import { createVolumesStore } from './volumes.ts';
import { createWhatIfStore } from './whatIf.ts';

/** The plain stores, one subject each. */
export function createStoreSet() {
  return {
    volumes: createVolumesStore(),
    network: createNetworkStore(),
    explain: createExplainStore(),
    evaluation: createEvaluationStore(),
    view: createViewStore(),
    engine: createEngineStore(),
    notices: createNoticesStore(),
    paper: createPaperStore(),
    whatIf: createWhatIfStore(),
    segmentation: createSegmentationStore(),
    session: createSessionStore(),
    structure: createStructureStore(),
  };
}

export type StoreSet = ReturnType<typeof createStoreSet>;
