import { memo } from 'react';
import type { CameraState } from '../state/view.ts';
import { IconButton } from '../ui/Button.tsx';
import { ParallelIcon, PerspectiveIcon, ResetIcon } from '../ui/icons.tsx';
import { FRONT, type Quaternion } from './camera.ts';
import styles from './scene.module.css';

interface ViewButtonsProps {
  readonly projection: CameraState['projection'];
  /** Stable, so that the buttons are not rendered again while the camera moves. */
  readonly change: (part: Partial<CameraState>) => void;
  readonly onReset: () => void;
}

const HALF = Math.SQRT1_2;

/** Views along the axes, with the axes that then point right and up. */
const ALONG: readonly { name: string; hint: string; quaternion: Quaternion }[] = [
  { name: 'z', hint: 'Look along the beam (x right, y up)', quaternion: FRONT },
  { name: 'y', hint: 'Look along y (x right, z up)', quaternion: [HALF, 0, 0, HALF] },
  { name: 'x', hint: 'Look along x (y right, z up)', quaternion: [0.5, 0.5, 0.5, 0.5] },
];

/** Directions of sight, projection and reset; they act on all linked views. */
export const ViewButtons = memo(function ViewButtons(props: ViewButtonsProps) {
  const { projection, change, onReset } = props;
  const perspective = projection === 'perspective';
  return (
    <div className={styles.buttons}>
      {ALONG.map(({ name, hint, quaternion }) => (
        <IconButton
          key={name}
          label={`Look along ${name}`}
          hint={hint}
          icon={<span aria-hidden="true">{name}</span>}
          onClick={() => change({ quaternion })}
        />
      ))}
      <IconButton
        label="Perspective"
        hint={perspective ? 'Parallel projection, with a scale bar' : 'Perspective'}
        aria-pressed={perspective}
        icon={perspective ? <PerspectiveIcon /> : <ParallelIcon />}
        onClick={() => change({ projection: perspective ? 'orthographic' : 'perspective' })}
      />
      <IconButton
        label="Reset view"
        hint="Reset view (double click, 0)"
        icon={<ResetIcon />}
        onClick={onReset}
      />
    </div>
  );
});
