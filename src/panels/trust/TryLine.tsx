import { formatValue } from '../../core/color/index.ts';
import type { LengthUnit } from '../../core/volume/index.ts';
import { shareText } from '../../core/where/index.ts';
import type { OcclusionTry } from '../../state/index.ts';
import { nameOf } from './facts.ts';
import { hiddenWords } from './hiddenWords.ts';

interface TryLineProps {
  readonly tried: OcclusionTry;
  readonly classes: readonly string[];
  readonly unit: LengthUnit;
  readonly picture: boolean;
}

/** What became of the answer when a part was hidden. */
export function TryLine({ tried, classes, unit, picture }: TryLineProps) {
  const { before, after, predicted, share } = tried;
  return (
    <>
      {hiddenWords(tried, unit, picture)} ({shareText(share)} of the {picture ? 'picture' : 'box'}):
      score {formatValue(before)} → <strong>{formatValue(after)}</strong>, answer{' '}
      <strong>{nameOf(classes, predicted)}</strong>
    </>
  );
}
