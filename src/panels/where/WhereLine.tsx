import { useDeferredValue, useMemo } from 'react';
import { useStore } from 'zustand';
import { lengthUnitOf, type SourceVolume } from '../../core/volume/index.ts';
import { gridParts, shareText } from '../../core/where/index.ts';
import { networkStore, setLook, type ShownMap, viewStore } from '../../state/index.ts';
import { Button } from '../../ui/Button.tsx';
import { classes } from '../../ui/classes.ts';
import { Tooltip } from '../../ui/Tooltip.tsx';
import styles from './WhereLine.module.css';
import { particleIn, whereShown, whereText } from './whereOf.ts';

interface WhereLineProps {
  /** Id of the column. */
  readonly id: string;
  /** What the map, or the input's column where there is none, is drawn in. */
  readonly volume: SourceVolume<Float32Array>;
  readonly shown: ShownMap | null;
  /** Name of the map's method. */
  readonly title: string;
}

/** Under a panel's head: where its map is, in words, with a way to its peak; of the input, its grid and particle. */
export function WhereLine({ id, volume, shown, title }: WhereLineProps) {
  const level = useDeferredValue(useStore(viewStore, (view) => view.inputLevel));
  const contrast = useStore(networkStore, (state) => state.model?.sidecar.contrast);
  const chosen = useStore(viewStore, (view) => view.lengthUnit);
  const particle = useMemo(() => particleIn(volume, level, contrast), [volume, level, contrast]);
  const unit = lengthUnitOf(volume, chosen);
  if (!shown) {
    return (
      <p className={styles.line}>
        <span className={classes(styles.text, styles.whole)}>
          {gridParts(volume, unit).map((part, i) => (
            <span key={part}>{i === 0 ? part : `· ${part}`}</span>
          ))}
          {particle && <span>· particle {shareText(particle.share)} of it</span>}
        </span>
      </p>
    );
  }
  const found = whereText(whereShown(shown, volume, particle), unit);
  if (!found) return <p className={styles.line}>zero everywhere</p>;
  return (
    <p className={styles.line}>
      <Tooltip text={found.long}>
        <button type="button" className={classes(styles.text, found.sign)} aria-label={found.long}>
          <span className={styles.sign}>{found.sign}: </span>
          {found.short} <span className={styles.chance}>{found.chance}</span>
        </button>
      </Tooltip>
      <Button
        tone="quiet"
        className={styles.go}
        aria-label={`Go to the peak of ${title}: peak ${found.peakAt}`}
        title="Move the crosshair there"
        onClick={() => setLook(viewStore, id, { crosshair: found.peak })}
      >
        {found.peakAt === '' ? (
          'peak'
        ) : (
          <span>
            <span className={styles.peak}>peak </span>
            {found.peakAt}
          </span>
        )}
      </Button>
    </p>
  );
}
