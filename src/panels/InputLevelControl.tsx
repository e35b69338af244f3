import { useStore } from 'zustand';
import {
  contrastOf,
  convertLevel,
  densityBasis,
  type LevelUnit,
  levelRange,
} from '../core/color/index.ts';
import { actions, displayStore, networkStore, viewStore } from '../state/index.ts';
import { NumbersField } from '../ui/NumbersField.tsx';
import { Slider } from '../ui/Slider.tsx';
import { ToggleGroup } from '../ui/ToggleGroup.tsx';

/** Level of the input's surface, towards the molecule's side. */
export function InputLevelControl() {
  const { value, unit } = useStore(viewStore, (state) => state.inputLevel);
  const stats = useStore(displayStore, (display) => display.volumeStats);
  const expected = useStore(networkStore, (state) => state.model?.sidecar.contrast);
  if (!stats) return null;
  const basis = densityBasis(stats, contrastOf(stats, expected));
  const { min, max } = levelRange(unit, basis);
  const changeUnit = (next: LevelUnit) =>
    actions.setInputLevel({
      unit: next,
      value: Number(convertLevel(value, unit, next, basis).toPrecision(4)),
    });
  return (
    <div className="level-control">
      <div className="section-head">
        <span className="label">Surface</span>
        <NumbersField
          label="Level of the input surface"
          narrow
          values={[value]}
          limit={1}
          onCommit={([next]) => actions.setInputLevel({ unit, value: next })}
        />
        <ToggleGroup
          label="Unit of the input level"
          value={unit}
          onChange={changeUnit}
          choices={[
            { value: 'percent', label: '%', hint: 'Percent of the extreme density' },
            { value: 'sigma', label: 'σ', hint: 'Standard deviations from the mean' },
            { value: 'absolute', label: 'raw', hint: 'The units of the file' },
          ]}
        />
      </div>
      <Slider
        labels={['Level of the input surface']}
        values={[value]}
        min={min}
        max={max}
        step={(max - min) / 200 || 1}
        onChange={([next]) => actions.setInputLevel({ unit, value: next }, true)}
      />
    </div>
  );
}
