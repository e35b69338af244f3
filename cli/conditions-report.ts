import { type Answers, LEAST_PROBABILITY } from '../src/core/evaluation/index.ts';

/** One condition, and how each network answered under it. */
export interface ConditionRow {
  readonly id: string;
  readonly title: string;
  /** Whether there is no complex, so that none is the right answer. */
  readonly empty: boolean;
  readonly answers: readonly Answers[];
}

export interface ConditionTable {
  readonly models: readonly { readonly id: string; readonly title: string }[];
  readonly perClass: number;
  readonly seed: number;
  readonly rows: readonly ConditionRow[];
}

const percent = (share: number) => `${(100 * share).toFixed(0)}%`;

/** The table in Markdown: the share of right answers. */
export function conditionLines({ models, perClass, seed, rows }: ConditionTable): string[] {
  const n = rows[0]?.answers[0]?.n ?? 0;
  return [
    `| condition | ${models.map(({ id }) => id).join(' | ')} |`,
    `|---|${models.map(() => '---:|').join('')}`,
    ...rows.map(
      ({ title, empty, answers }) =>
        `| ${title} | ${answers.map((own) => percent(empty ? own.rejected : own.accuracy)).join(' | ')} |`,
    ),
    '',
    `${n} volumes in each row (${perClass} of each class), seed ${seed}. Right answers; where there is no complex, answers`,
    `of none: the class for others, or no class with a probability of ${LEAST_PROBABILITY}.`,
  ];
}
