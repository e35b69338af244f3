import {
  anything,
  boolean,
  either,
  type Infer,
  list,
  nullable,
  number,
  object,
  oneOf,
  text,
  whole,
} from '../schema/index.ts';
import {
  EVALUATION_METHODS,
  EVALUATION_RANKINGS,
  type EvaluationMethod,
  type EvaluationRanking,
} from './types.ts';

/** Volumes of a set, and classes of a network, that an evaluation may have. */
const MAX_VOLUMES = 10_000_000;
const MAX_CLASSES = 4096;

const name = text(4096);
const fingerprint = nullable(text(64));

const data = object(
  {
    set: name,
    snr: nullable(either(number({ min: 0 }), oneOf('inf'))),
    seed: nullable(whole()),
    labels: oneOf('names', 'position', 'none'),
    normalization: text(100),
    fit: text(100),
  },
  { fingerprint, invert: boolean, offset: number(), faithfulness: boolean },
);

const shard = object({
  index: whole({ min: 1, max: MAX_VOLUMES }),
  of: whole({ min: 1, max: MAX_VOLUMES }),
});

/** What a document says about itself before its records are looked at. */
export const evaluationHead = object(
  {
    model: name,
    title: name,
    layer: name,
    classes: list(name, { min: 1, max: MAX_CLASSES }),
    data,
    total: whole({ max: MAX_VOLUMES }),
    backend: text(100),
    shard: nullable(shard),
    items: list(anything, { max: MAX_VOLUMES }),
    skipped: list(anything, { max: MAX_VOLUMES }),
  },
  { fingerprint },
);

/** One record of each list of an evaluation with so many classes and volumes. */
export function evaluationRecords(classes: number, total: number) {
  const volume = { order: whole({ max: Math.max(0, total - 1) }), id: name };
  const position = whole({ max: classes - 1 });
  const perClass = list(number(), { min: classes, max: classes });
  const magnitude = number({ min: 0 });
  const method = object({
    l1: magnitude,
    kendallTau: nullable(number({ min: -1.000001, max: 1.000001 })),
    sums: perClass,
  });
  const ratio = nullable(number({ min: 0, max: 1.000001 }));
  const correlation = nullable(number({ min: -1, max: 1 }));
  const specificity = object({ activationSum: correlation, runnerUp: correlation });
  const areas = object({ deletion: nullable(number()), insertion: nullable(number()) });
  const item = object(
    {
      ...volume,
      class: nullable(position),
      predicted: position,
      scores: perClass,
      methods: object(ofMethods(method)),
      ledger: object({ heatmap: magnitude, bias: magnitude, residual: magnitude }),
    },
    {
      specificity: object(ofMethods(specificity)),
      activationSpread: ratio,
      faithfulness: object(ofRankings(areas)),
    },
  );
  return { items: item, skipped: object({ ...volume, reason: text(10_000) }) };
}

/** A record as it may have been written by an earlier program. */
export type ReadItem = Infer<ReturnType<typeof evaluationRecords>['items']>;

function ofMethods<S>(schema: S): Readonly<Record<EvaluationMethod, S>> {
  return Object.fromEntries(EVALUATION_METHODS.map((id) => [id, schema])) as Readonly<
    Record<EvaluationMethod, S>
  >;
}

function ofRankings<S>(schema: S): Readonly<Record<EvaluationRanking, S>> {
  return Object.fromEntries(EVALUATION_RANKINGS.map((id) => [id, schema])) as Readonly<
    Record<EvaluationRanking, S>
  >;
}
