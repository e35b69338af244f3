import { type Evaluation, evaluationCsv } from '../../core/evaluation/index.ts';
import { evaluationStore } from '../../state/index.ts';
import { type FileExport, saveAs } from '../../ui/download.ts';

export type EvaluationExport = FileExport<Evaluation>;

/** What an evaluation can be saved as; each row is a button and a command. */
export const EVALUATION_EXPORTS: readonly EvaluationExport[] = [
  {
    label: 'CSV',
    hint: 'One row for each volume',
    ending: '.csv',
    type: 'text/csv',
    write: evaluationCsv,
  },
  {
    label: 'JSON',
    hint: 'all of it, as the command line writes it',
    ending: '.json',
    type: 'application/json',
    write: (result) => `${JSON.stringify(result)}\n`,
  },
];

/** Saves the evaluation on the page. */
export function saveEvaluation(row: EvaluationExport): void {
  const { result } = evaluationStore.getState();
  if (result) void saveAs(row, result, evaluationStem(result));
}

/** File name of a download, without its ending. */
export function evaluationStem({ title, data }: Evaluation): string {
  const noise = data.snr === null ? '' : `-snr-${data.snr}`;
  return `evaluation-${title}-${data.set}${noise}`.toLowerCase().replace(/[^a-z0-9.]+/g, '-');
}
