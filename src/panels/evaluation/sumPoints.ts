import {
  type EvaluationItem,
  EVALUATION_METHODS,
  type EvaluationMethod,
  type PerMethod,
} from '../../core/evaluation/index.ts';
import { perMethod } from '../../core/evaluation/record.ts';
import { padded } from '../../ui/charts/axis.ts';
import type { Points } from '../../ui/charts/points.ts';

type Range = [low: number, high: number];

export interface SumPlots {
  /** Map sums (y) against class scores (x), volume by volume, class by class. */
  readonly points: PerMethod<Points>;
  readonly scores: Range;
  readonly sums: PerMethod<Range>;
}

/**
 * Collects the points of a list of volumes that grows at its end, looking at each volume once, so that
 * a long evaluation does not make every update of the page dearer.
 */
export class SumCollector {
  #seen: readonly EvaluationItem[] = [];
  #count = 0;
  #list = 0;
  #x = new Float64Array(0);
  #y = perMethod(() => new Float64Array(0));
  #scores: Range = EMPTY();
  #sums = perMethod(EMPTY);

  collect(items: readonly EvaluationItem[]): SumPlots {
    const known = this.#seen.length;
    const grown = items.length >= known && items[known - 1] === this.#seen[known - 1];
    if (!grown) this.#clear();
    for (let i = this.#seen.length; i < items.length; i++) this.#add(items[i]);
    this.#seen = items;
    const count = this.#count;
    return {
      points: perMethod((method) => ({
        key: `${method} ${this.#list}`,
        x: this.#x,
        y: this.#y[method],
        count,
      })),
      scores: this.#scores,
      sums: this.#sums,
    };
  }

  #clear(): void {
    this.#list++;
    this.#seen = [];
    this.#count = 0;
    this.#scores = EMPTY();
    this.#sums = perMethod(EMPTY);
  }

  #add({ scores, methods }: EvaluationItem): void {
    const from = this.#count;
    this.#count += scores.length;
    if (this.#count > this.#x.length) {
      const size = 2 * this.#count;
      this.#x = larger(this.#x, size);
      this.#y = perMethod((method) => larger(this.#y[method], size));
    }
    copy(scores, this.#x, from, this.#scores);
    for (const method of EVALUATION_METHODS) {
      copy(methods[method].sums, this.#y[method], from, this.#sums[method]);
    }
  }
}

const EMPTY = (): Range => [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];

function larger(values: Float64Array, size: number): Float64Array<ArrayBuffer> {
  const out = new Float64Array(size);
  out.set(values);
  return out;
}

function copy(values: readonly number[], to: Float64Array, from: number, range: Range): void {
  for (let c = 0; c < values.length; c++) {
    const value = values[c];
    to[from + c] = value;
    if (value < range[0]) range[0] = value;
    if (value > range[1]) range[1] = value;
  }
}

/** Ranges of the axes: of scores, and of the sums of all methods and the scores, or of each method. */
export function axisRanges(
  { scores, sums }: SumPlots,
  shared: boolean,
): PerMethod<{ readonly x: Range; readonly y: Range }> {
  const ranges = [scores, ...EVALUATION_METHODS.map((method) => sums[method])];
  const all: Range = [
    Math.min(...ranges.map(([low]) => low)),
    Math.max(...ranges.map(([, high]) => high)),
  ];
  const y = (method: EvaluationMethod) => padded(shared ? all : sums[method]);
  return perMethod((method) => ({ x: padded(scores), y: y(method) }));
}
