export { answerOf, type Answers, countAnswers, LEAST_PROBABILITY } from './answers.ts';
export { requireClassifier } from './classifier.ts';
export { evaluationCsv, evaluationTable } from './csv.ts';
export { type FaithfulnessSetting, faithfulnessOf, perRanking, spaceOf } from './faithfulness.ts';
export { type ClassName, inTurn, type Labelling, matchClasses } from './labels.ts';
export {
  eachVolume,
  folderListing,
  galleryListing,
  indexListing,
  type ListedFile,
  type Listing,
  parseIndex,
} from './listing.ts';
export {
  difference,
  type EvaluationPart,
  mergeEvaluations,
  type PartHead,
  RECORD_LISTS,
  readHead,
  recordReader,
  type RecordPlace,
} from './merge.ts';
export {
  type PublishedNumber,
  PAPER_LAYER,
  PAPER_TABLE_1,
  type PublishedRow,
  publishedRow,
} from './paper.ts';
export { isSkipped, recordItem } from './record.ts';
export { type EvaluationTask, ofTheVolume, runEvaluation } from './run.ts';
export {
  listedSet,
  type ReadyVolume,
  readShard,
  type SetChoice,
  type SetVolume,
  type VolumeSet,
} from './set.ts';
export { isInShard } from './shard.ts';
export {
  SIMULATED_PER_CLASS,
  type SimulatedSource,
  simulatedSet,
  trainedSnr,
} from './simulated.ts';
export {
  type Confusion,
  type EvaluationRecords,
  type EvaluationRun,
  RunningSummary,
  streamOf,
  summarise,
  topConfusions,
} from './summarise.ts';
export {
  type Evaluation,
  type EvaluationData,
  type EvaluationId,
  type EvaluationItem,
  EVALUATION_METHODS,
  EVALUATION_RANKINGS,
  type EvaluationMethod,
  type EvaluationRanking,
  type EvaluationSetup,
  type EvaluationStream,
  type EvaluationSummary,
  type EvaluationVolume,
  type ExplainedVolume,
  type FaithfulnessAreas,
  type Ledger,
  type MethodRecord,
  type PerMethod,
  type PerRanking,
  type Shard,
  type SkippedVolume,
  type SourceVolume,
  type Spread,
} from './types.ts';
