import { expect, it } from 'vitest';
import { requireClassifier } from './classifier.ts';

it('takes classifiers alone', () => {
  const network = (shape: number[]) => ({ title: 'net', outputs: [{ name: 'y', shape }] });
  expect(() => requireClassifier(network([23]))).not.toThrow();
  expect(() => requireClassifier(network([8, 8, 8, 2]))).toThrow(
    'net is no classifier: its output y has shape 8 × 8 × 8 × 2; accepted for an evaluation: networks that end in one score per class',
  );
});
