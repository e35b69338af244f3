export { PROBE_IDS, PROBES, type Probe, type ProbeId } from './probes.ts';
export { hasTransform, rewedged } from './rewedge.ts';
export { type Similarity, similarityOf } from './similarity.ts';
export { type Axis, turned } from './turn.ts';
export {
  type CascadeStep,
  type ExplainedClass,
  type ProbeResult,
  runCascade,
  runProbes,
  type Similarities,
} from './run.ts';
export { type MapTests, spaceOfMap, type Tested, type TestedNetwork, testMaps } from './tests.ts';
