import { useStore } from 'zustand';
import type { LengthUnit } from '../../core/volume/index.ts';
import { actions, occlusionStore } from '../../state/index.ts';
import { NumbersField } from '../../ui/NumbersField.tsx';

interface RadiusFieldProps {
  /** Whose radius it is. */
  readonly of: string;
  readonly unit: LengthUnit;
}

/** How far a ball or a brush reaches; both share the radius. */
export function RadiusField({ of, unit }: RadiusFieldProps) {
  const radius = useStore(occlusionStore, (state) => state.radius);
  const scale = unit === 'nm' ? 10 : 1;
  return (
    <>
      <NumbersField
        label={`Radius of the ${of}, ${unit}`}
        narrow
        limit={1}
        values={[radius / scale]}
        onCommit={([next]) => actions.chooseBrush({ radius: Math.abs(next) * scale })}
      />
      <span>{unit}</span>
    </>
  );
}
