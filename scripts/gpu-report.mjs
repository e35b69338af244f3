/**
 * Counts the tests that compare results of a GPU: those below a group marked `[GPU: adapter]`, or
 * `[no GPU: reason]` where there is none (see `describeOnGpu`).
 *
 * @param {{ testResults: { assertionResults: { ancestorTitles: string[], status: string }[] }[] }} report
 *   vitest's JSON
 * @returns {{ ran: number, sentence: string }}
 */
export function gpuComparisons(report) {
  const adapters = new Set();
  const reasons = new Set();
  let ran = 0;
  let absent = 0;
  for (const { assertionResults } of report.testResults) {
    for (const { ancestorTitles, status } of assertionResults) {
      const [, no, words] = /\[(no )?GPU: (.*)\]/.exec(ancestorTitles.join(' ')) ?? [];
      if (words === undefined) continue;
      if (status === 'passed' || status === 'failed') {
        ran++;
        adapters.add(words);
      } else {
        absent++;
        reasons.add(no ? words : `${words} lacks what they need`);
      }
    }
  }
  const not = absent > 0 ? `${absent} did not (${[...reasons].join('; ')})` : 'none was left out';
  const did = ran > 0 ? `${ran} GPU comparisons ran (${[...adapters].join('; ')})` : '';
  return { ran, sentence: `${did || 'No GPU comparison ran'}, ${not}.` };
}
