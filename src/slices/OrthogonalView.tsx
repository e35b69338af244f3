import { AXES } from './planes.ts';
import { type SliceLayoutProps, SliceView } from './SliceView.tsx';
import styles from './OrthogonalView.module.css';

/** The three orthogonal slices through the crosshair. */
export function OrthogonalView(props: SliceLayoutProps) {
  return (
    <div className={styles.row}>
      {AXES.map((axis) => (
        <SliceView key={axis} axis={axis} {...props} />
      ))}
    </div>
  );
}
