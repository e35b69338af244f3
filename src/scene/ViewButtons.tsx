import { memo } from 'react';
import type { CameraState } from '../state/view.ts';
import { IconButton } from '../ui/Button.tsx';
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
        icon={<ProjectionIcon perspective={perspective} />}
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

const stroke = {
  width: 16,
  height: 16,
  viewBox: '0 0 16 16',
  fill: 'none',
  stroke: 'currentColor',
  strokeWidth: 1.5,
  strokeLinecap: 'round',
  strokeLinejoin: 'round',
} as const;

function ProjectionIcon({ perspective }: { readonly perspective: boolean }) {
  const d = perspective
    ? 'M2 3h12l-3 10H5zM3.6 8h8.8M8 3v10'
    : 'M2.5 2.5h11v11h-11zM2.5 8h11M8 2.5v11';
  return (
    <svg aria-hidden="true" {...stroke}>
      <path d={d} />
    </svg>
  );
}

function ResetIcon() {
  return (
    <svg aria-hidden="true" {...stroke}>
      <path d="M3 8a5 5 0 1 0 1.6-3.7M3 2.5v3h3" />
    </svg>
  );
}
