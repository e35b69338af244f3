import type { LengthUnit } from '../core/volume/index.ts';
import type { CameraState } from '../state/view.ts';
import { axisArms } from './axisArms.ts';
import { scaleBar } from './scaleBar.ts';
import styles from './Overlays.module.css';

const ARM = 20;
/** Small x, y, z axes in the corner; z is the beam. */
export function AxisTriad({ quaternion }: Pick<CameraState, 'quaternion'>) {
  return (
    <svg className={styles.triad} viewBox="-32 -32 64 64" aria-hidden="true">
      {axisArms(quaternion, ARM).map(({ name, end: [x, y], depth }) => (
        <g key={name} opacity={depth < -0.2 ? 0.55 : 1}>
          <line x1={0} y1={0} x2={x} y2={y} />
          {Math.hypot(x, y) > ARM / 3 ? (
            <text x={x * 1.38} y={y * 1.38}>
              {name}
            </text>
          ) : (
            <text x={-9} y={9}>
              {name}
            </text>
          )}
        </g>
      ))}
    </svg>
  );
}

interface ScaleBarProps {
  readonly pixelsPerA: number;
  readonly room: number;
  readonly unit: LengthUnit;
}

export function ScaleBar({ pixelsPerA, room, unit }: ScaleBarProps) {
  const { width, label } = scaleBar(pixelsPerA, room, unit);
  return (
    <div className={styles.scaleBar}>
      <span>{label}</span>
      <div style={{ width }} />
    </div>
  );
}
