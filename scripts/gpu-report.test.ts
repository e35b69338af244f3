import { expect, test } from 'vitest';
import { gpuComparisons } from './gpu-report.mjs';

const report = (...tests: [group: string, status: string][]) => ({
  testResults: tests.map(([group, status]) => ({
    assertionResults: [{ ancestorTitles: ['kernels', group], status }],
  })),
});

test('says how many GPU comparisons ran, how many did not, and why', () => {
  const all = report(['a [GPU: Card 1]', 'passed'], ['b [GPU: Card 1]', 'failed'], ['c', 'passed']);
  expect(gpuComparisons(all)).toEqual({
    ran: 2,
    sentence: '2 GPU comparisons ran (Card 1), none was left out.',
  });
  const some = report(['a [GPU: Card 1]', 'passed'], ['b [GPU: Card 1]', 'skipped']);
  expect(gpuComparisons(some).sentence).toBe(
    '1 GPU comparisons ran (Card 1), 1 did not (Card 1 lacks what they need).',
  );
  const none = report(['a [no GPU: no loader]', 'skipped'], ['b [no GPU: no loader]', 'pending']);
  expect(gpuComparisons(none)).toEqual({
    ran: 0,
    sentence: 'No GPU comparison ran, 2 did not (no loader).',
  });
});
