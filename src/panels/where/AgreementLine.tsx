import { useMemo } from 'react';
import { useStore } from 'zustand';
import { type Agreement, agreementOf, MOST_RANKED } from '../../core/agreement/index.ts';
import type { DifferencePanel } from '../../core/session/index.ts';
import { type LengthUnit, lengthUnitOf } from '../../core/volume/index.ts';
import { lengthIn, shareText } from '../../core/where/index.ts';
import { columnOf, displayStore, hasMap, type MapColumn, viewStore } from '../../state/index.ts';
import { Tooltip } from '../../ui/Tooltip.tsx';
import { classes } from '../../ui/classes.ts';
import styles from './WhereLine.module.css';
import { withMinus } from '../../core/minus.ts';

const placed = ({ shown }: MapColumn) => ({ data: shown.map.data, shape: shown.gridShape });

/** Under the head of a difference: how far its two maps agree, in numbers. */
export function AgreementLine({ panel }: { readonly panel: DifferencePanel }) {
  const [first, second] = panel.of;
  const a = useStore(displayStore, (display) => columnOf(display, first));
  const b = useStore(displayStore, (display) => columnOf(display, second));
  const chosen = useStore(viewStore, (view) => view.lengthUnit);
  const [mapA, mapB] = [a?.shown?.map, b?.shown?.map];
  // biome-ignore lint/correctness/useExhaustiveDependencies: the maps decide, not how they are drawn
  const agreement = useMemo(
    () =>
      a && b && hasMap(a) && hasMap(b) && a.volume
        ? agreementOf(placed(a), placed(b), a.volume, MOST_RANKED)
        : null,
    [mapA, mapB, a?.volume],
  );
  if (!agreement || !a?.volume) return <p className={styles.line} />;
  const unit = lengthUnitOf(a.volume, chosen);
  const { short, long } = agreementText(agreement, unit);
  return (
    <p className={styles.line}>
      <Tooltip text={long}>
        <button type="button" className={classes(styles.text, styles.numbers)} aria-label={long}>
          {short.map(([what, value]) => (
            <span key={what}>
              {what} <b>{value}</b>
            </span>
          ))}
        </button>
      </Tooltip>
    </p>
  );
}

const digits = (value: number | null) => (value === null ? '–' : withMinus(value.toFixed(2)));

/** The numbers of an agreement, with what they are, for a narrow head; and in full sentences. */
export function agreementText(
  { shape, sampled, cosine, spearman, overlap, shift }: Agreement,
  unit: LengthUnit,
): { readonly short: readonly (readonly [string, string])[]; readonly long: string } {
  const share = (iou: number | null) => (iou === null ? '–' : shareText(iou));
  const [top1, top5, top10] = overlap.map(({ iou }) => share(iou));
  const moved = shift === null ? '–' : lengthIn(shift, unit);
  return {
    short: [
      ['cos', digits(cosine)],
      ['ρ', digits(spearman)],
      ['top 5%', top5],
      ['Δ', moved],
    ],
    long: [
      `Cosine ${digits(cosine)}, Spearman's rank correlation ${digits(spearman)}, on ${shape.join(' × ')} voxels.`,
      `Shared of the highest voxels (intersection over union): ${top1} of the top 1%, ${top5} of the top 5%, ${top10} of the top 10%.`,
      ...(sampled === null
        ? []
        : [`Ranks and shares are of ${sampled.toLocaleString('en')} voxels spread over the map.`]),
      shift === null
        ? 'One of the maps speaks nowhere for the class.'
        : `The centres of what speaks for the class are ${moved} apart.`,
    ].join(' '),
  };
}
