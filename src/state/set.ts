import { createEngineStore } from './engine.ts';
import { createEvaluationStore } from './evaluation.ts';
import { createExplainStore } from './explain.ts';
import type { Walk } from './actions/walk.ts';
import type { MapTests } from '../core/probes/index.ts';
import type { StripMap } from './actions/layerStrip.ts';
import { createInquiryStore } from './inquiry.ts';
import { createNetworkStore } from './network.ts';
import { createNoticesStore } from './notices.ts';
import { createOcclusionStore } from './occlusion.ts';
import { createPaperStore } from './paper.ts';
import { createParticlesStore } from './particles.ts';
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
    occlusion: createOcclusionStore(),
    paper: createPaperStore(),
    whatIf: createWhatIfStore(),
    walk: createInquiryStore<Walk>(),
    mapTests: createInquiryStore<MapTests>(),
    layerStrip: createInquiryStore<readonly StripMap[]>(),
    segmentation: createSegmentationStore(),
    particles: createParticlesStore(),
    session: createSessionStore(),
    structure: createStructureStore(),
  };
}

export type StoreSet = ReturnType<typeof createStoreSet>;
