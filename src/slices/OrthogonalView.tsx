import { AXES } from './planes.ts';
import { type SliceLayoutProps, SliceView } from './SliceView.tsx';

/** The three orthogonal slices through the crosshair. */
export function OrthogonalView(props: SliceLayoutProps) {
  return (
    <div className="slice-row">
      {AXES.map((axis) => (
        <SliceView key={axis} axis={axis} {...props} />
      ))}
    </div>
  );
}
