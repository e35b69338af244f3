import { type LengthUnit, positionText } from '../core/volume/index.ts';
import { formatSigned, formatValue } from '../core/color/index.ts';
import type { Vec3 } from '../core/volume/types.ts';
import type { SliceContent } from './painter.ts';
import { valueAt, voxelAt, worldOf } from './planes.ts';
import { classes } from '../ui/classes.ts';
import styles from './Readout.module.css';

interface ReadoutProps {
  readonly content: SliceContent;
  /** Names of the heatmap's method, for much room and for little; null in the input's panel. */
  readonly method: readonly [string, string] | null;
  /** Å, world; the voxel that holds it is shown. */
  readonly position: Vec3;
  readonly lengthUnit: LengthUnit;
  /** Whether assistive technology is to hear every change: while the keyboard moves the crosshair. */
  readonly live: boolean;
}

const NAMES = ['x', 'y', 'z'] as const;

/** Position and raw values at one voxel, in fields of fixed width so that nothing moves. */
export function Readout({ content, method, position, lengthUnit, live }: ReadoutProps) {
  const flat = content.density.shape[0] === 1;
  const voxel = voxelAt(content.density, position);
  const centre = worldOf(content.density, voxel);
  const density = valueAt(content.density, voxel);
  const heat = content.heat && valueAt(content.heat, voxel);
  return (
    <output className={styles.readout} aria-live={live ? 'polite' : 'off'}>
      <span className={styles.readoutLine}>
        {NAMES.slice(0, flat ? 2 : 3).map((name, i) => (
          <span key={name}>
            <i>{name}</i> <b>{positionText(centre[i], lengthUnit)}</b>
          </span>
        ))}
        <i>{lengthUnit}</i>
        <span className={styles.voxel}>
          <i>{flat ? 'pixel' : 'voxel'}</i>{' '}
          <b>
            {voxel
              .slice(0, flat ? 2 : 3)
              .map((index) => index + 1)
              .join(' ')}
          </b>
        </span>
      </span>
      <span className={styles.readoutLine}>
        <span className={styles.value}>
          <i>{content.density.rowsDown ? 'value' : 'density'}</i> <b>{formatValue(density, 4)}</b>
        </span>
        <span
          className={classes(styles.value, !method && styles['is-absent'])}
          aria-hidden={!method}
        >
          <i className={styles.long}>{method?.[0] ?? 'heatmap'}</i>
          <i className={styles.brief}>{method?.[1]}</i>{' '}
          <b>{heat === null ? '–' : formatSigned(heat, 4)}</b>
        </span>
      </span>
    </output>
  );
}
