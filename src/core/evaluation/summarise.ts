import { correlation } from '../cam/index.ts';
import { RunningMeanStd } from '../metrics/index.ts';
import { perRanking } from './faithfulness.ts';
import { byOrder, isSkipped, perMethod } from './record.ts';
import {
  type Evaluation,
  type EvaluationItem,
  EVALUATION_METHODS,
  type EvaluationMethod,
  type EvaluationSetup,
  type EvaluationStream,
  type EvaluationSummary,
  type Ledger,
  EVALUATION_RANKINGS,
  type PerMethod,
  type PerRanking,
  type Shard,
  type SkippedVolume,
  type Spread,
} from './types.ts';

/** Evaluated and skipped volumes, in any order. */
export interface EvaluationRecords {
  readonly items: readonly EvaluationItem[];
  readonly skipped: readonly SkippedVolume[];
}

/** How one evaluation, or one shard of it, was run. */
export interface EvaluationRun {
  readonly backend: string;
  /** Null (default) for a whole evaluation. */
  readonly shard?: Shard | null;
}

/**
 * The result of an evaluation: a function of the setup and of the records sorted by `order` alone, so
 * joined shards give to the last bit what one run gives.
 */
export function summarise(
  setup: EvaluationSetup,
  { items, skipped }: EvaluationRecords,
  run: EvaluationRun,
): Evaluation {
  const summary = new RunningSummary(setup);
  for (const record of [...items, ...skipped].sort(byOrder)) summary.add(record);
  return summary.result(run);
}

/**
 * The same while the records come: each is taken in once, and a result costs no more than a copy of the list
 * of records. One that comes after its turn makes all sums start again, so that they are added up in order.
 */
export class RunningSummary {
  private readonly items: EvaluationItem[] = [];
  private readonly skipped: SkippedVolume[] = [];
  private sums: Sums;

  constructor(private readonly setup: EvaluationSetup) {
    this.sums = noSums(setup.classes.length);
  }

  add(record: EvaluationItem | SkippedVolume): void {
    if (isSkipped(record)) {
      insert(this.skipped, record);
      return;
    }
    const last = insert(this.items, record);
    if (last) {
      addTo(this.sums, record);
    } else {
      this.sums = noSums(this.setup.classes.length);
      for (const item of this.items) addTo(this.sums, item);
    }
  }

  result(run: EvaluationRun): Evaluation {
    return {
      ...summaryOf(this.setup, this.sums, run),
      items: [...this.items],
      skipped: [...this.skipped],
    };
  }
}

/** The same of records that come in order and need not fit into memory. */
export async function summariseInOrder(
  setup: EvaluationSetup,
  records: AsyncIterable<EvaluationItem | SkippedVolume>,
  run: EvaluationRun,
): Promise<EvaluationSummary> {
  const sums = noSums(setup.classes.length);
  for await (const record of records) if (!isSkipped(record)) addTo(sums, record);
  return summaryOf(setup, sums, run);
}

/** An evaluation that is in memory, as one that need not be. */
export function streamOf({ items, skipped, ...summary }: Evaluation): EvaluationStream {
  async function* each<T>(records: readonly T[]) {
    yield* records;
  }
  return {
    summary,
    skippedCount: skipped.length,
    all: () => each([...items, ...skipped].sort(byOrder)),
    items: () => each(items),
    skipped: () => each(skipped),
  };
}

function summaryOf(
  setup: EvaluationSetup,
  sums: Sums,
  { backend, shard = null }: EvaluationRun,
): EvaluationSummary {
  const { model, title, fingerprint, layer, classes, data, total } = setup;
  const { n, labelled, right, l1, tau, ledger, confusion } = sums;
  const { activationSum, runnerUp, activationSpread, predictedSum } = sums;
  const { deletion, insertion } = sums;
  return {
    format: 'respond-cam-evaluation',
    version: 1,
    model,
    title,
    fingerprint,
    layer,
    classes,
    data,
    total,
    backend,
    shard,
    n,
    labelled,
    accuracy: labelled > 0 ? right / labelled : null,
    l1: perMethod((method) => spread(l1[method])),
    kendallTau: perMethod((method) => spread(tau[method])),
    specificity: {
      activationSum: perMethod((method) => spread(activationSum[method])),
      runnerUp: perMethod((method) => spread(runnerUp[method])),
    },
    activationSpread: spread(activationSpread),
    tauBySpread: perMethod((method) => tauBySpread(sums.taus[method])),
    predictedSum: perMethod((method) => ({ ...predictedSum[method] })),
    ledger: ledgerShares(ledger, n),
    ...(data.faithfulness && {
      faithfulness: {
        deletion: perRanking((ranking) => spread(deletion[ranking])),
        insertion: perRanking((ranking) => spread(insertion[ranking])),
      },
    }),
    confusion: labelled > 0 ? confusion.map((row) => [...row]) : null,
  };
}

/** What an evaluation keeps of all its items together. */
interface Sums {
  n: number;
  labelled: number;
  right: number;
  readonly l1: PerMethod<RunningMeanStd>;
  readonly tau: PerMethod<RunningMeanStd>;
  /** Of the volumes that have both. */
  readonly taus: PerMethod<{ readonly tau: number[]; readonly spread: number[] }>;
  readonly activationSum: PerMethod<RunningMeanStd>;
  readonly runnerUp: PerMethod<RunningMeanStd>;
  readonly activationSpread: RunningMeanStd;
  readonly predictedSum: PerMethod<{ negative: number; largest: number }>;
  readonly deletion: PerRanking<RunningMeanStd>;
  readonly insertion: PerRanking<RunningMeanStd>;
  readonly ledger: { -readonly [term in keyof Ledger]: Ledger[term] };
  /** Counts `[true class][predicted class]`. */
  readonly confusion: number[][];
}

function noSums(classes: number): Sums {
  return {
    n: 0,
    labelled: 0,
    right: 0,
    l1: perMethod(() => new RunningMeanStd()),
    tau: perMethod(() => new RunningMeanStd()),
    taus: perMethod(() => ({ tau: [], spread: [] })),
    activationSum: perMethod(() => new RunningMeanStd()),
    runnerUp: perMethod(() => new RunningMeanStd()),
    activationSpread: new RunningMeanStd(),
    predictedSum: perMethod(() => ({ negative: 0, largest: 0 })),
    deletion: perRanking(() => new RunningMeanStd()),
    insertion: perRanking(() => new RunningMeanStd()),
    ledger: { heatmap: 0, bias: 0, residual: 0 },
    confusion: Array.from({ length: classes }, () => new Array<number>(classes).fill(0)),
  };
}

function addTo(sums: Sums, item: EvaluationItem): void {
  const { class: truth, predicted, methods, specificity, activationSpread, ledger } = item;
  sums.n++;
  if (truth !== null) {
    sums.labelled++;
    if (truth === predicted) sums.right++;
    sums.confusion[truth][predicted]++;
  }
  for (const method of EVALUATION_METHODS) {
    const { l1, kendallTau, sums: ofMaps } = methods[method];
    const { activationSum, runnerUp } = specificity[method];
    sums.l1[method].add(l1);
    addDefined(sums.tau[method], kendallTau);
    if (kendallTau !== null && activationSpread !== null) {
      sums.taus[method].tau.push(kendallTau);
      sums.taus[method].spread.push(activationSpread);
    }
    addDefined(sums.activationSum[method], activationSum);
    addDefined(sums.runnerUp[method], runnerUp);
    if (ofMaps[predicted] < 0) sums.predictedSum[method].negative++;
    if (ofMaps[predicted] >= Math.max(...ofMaps)) sums.predictedSum[method].largest++;
  }
  addDefined(sums.activationSpread, activationSpread);
  if (item.faithfulness) {
    for (const ranking of EVALUATION_RANKINGS) {
      addDefined(sums.deletion[ranking], item.faithfulness[ranking].deletion);
      addDefined(sums.insertion[ranking], item.faithfulness[ranking].insertion);
    }
  }
  sums.ledger.heatmap += Math.abs(ledger.heatmap);
  sums.ledger.bias += Math.abs(ledger.bias);
  sums.ledger.residual += Math.abs(ledger.residual);
}

function tauBySpread({ tau, spread }: Sums['taus'][EvaluationMethod]): number | null {
  return tau.length < 3 ? null : correlation(tau, spread);
}

function addDefined(running: RunningMeanStd, value: number | null): void {
  if (value !== null) running.add(value);
}

/** Puts a record where its order wants it; returns whether that was at the end. */
function insert<T extends { readonly order: number }>(records: T[], record: T): boolean {
  let at = records.length;
  while (at > 0 && records[at - 1].order > record.order) at--;
  records.splice(at, 0, record);
  return at === records.length - 1;
}

function spread({ mean, std, n }: RunningMeanStd): Spread {
  return n > 0 ? { mean, std, n } : { mean: null, std: null, n };
}

function ledgerShares(
  { heatmap, bias, residual }: Sums['ledger'],
  n: number,
): Evaluation['ledger'] {
  const magnitude = n > 0 ? { heatmap: heatmap / n, bias: bias / n, residual: residual / n } : null;
  const whole = magnitude ? magnitude.heatmap + magnitude.bias + magnitude.residual : 0;
  if (!magnitude || whole === 0) return { heatmap: null, bias: null, residual: null, magnitude };
  return {
    heatmap: magnitude.heatmap / whole,
    bias: magnitude.bias / whole,
    residual: magnitude.residual / whole,
    magnitude,
  };
}

/** One kind of mistake. */
export interface Confusion {
  readonly truth: number;
  readonly predicted: number;
  readonly count: number;
}

/** The mistakes of a confusion matrix, the most frequent first. */
export function topConfusions(confusion: Evaluation['confusion']): Confusion[] {
  const mistakes = (confusion ?? []).flatMap((row, truth) =>
    row.map((count, predicted) => ({ truth, predicted, count })),
  );
  return mistakes
    .filter(({ truth, predicted, count }) => truth !== predicted && count > 0)
    .sort((a, b) => b.count - a.count);
}
