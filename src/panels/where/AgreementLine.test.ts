import { expect, it } from 'vitest';
import { agreementText } from './AgreementLine.tsx';

const overlap = [0.01, 0.05, 0.1].map((share) => ({ share, iou: 10 * share }));

it('writes cosine, rank correlation, overlaps and shift, short and in sentences', () => {
  const { short, long } = agreementText(
    { shape: [5, 5, 5], sampled: 65536, cosine: -0.987, spearman: 0.5, overlap, shift: 74 },
    'nm',
  );
  expect(short).toEqual([
    ['cos', '−0.99'],
    ['ρ', '0.50'],
    ['top 5%', '50%'],
    ['Δ', '7.4 nm'],
  ]);
  expect(long).toMatch(/10% of the top 1%, 50% of the top 5%, 100% of the top 10%/);
  expect(long).toContain('of 65,536 voxels spread over the map');
});

it('says what cannot be compared', () => {
  const none = overlap.map(({ share }) => ({ share, iou: null }));
  const text = agreementText(
    { shape: [1, 2, 3], sampled: null, cosine: null, spearman: null, overlap: none, shift: null },
    'nm',
  );
  expect(text.short.map(([, value]) => value)).toEqual(['–', '–', '–', '–']);
  expect(text.long).toContain('speaks nowhere for the class');
});
