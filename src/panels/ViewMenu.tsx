import { useStore } from 'zustand';
import { actions, viewStore } from '../state/index.ts';
import { SlidersIcon } from '../ui/icons.tsx';
import { Popover } from '../ui/Popover.tsx';
import { type Choice, ToggleGroup } from '../ui/ToggleGroup.tsx';

/** How things are drawn: what is set once rather than while looking. */
export function ViewMenu() {
  const { palette, sliceLayout, lengthUnit, camera } = useStore(viewStore);
  return (
    <Popover
      label="View"
      button={
        <>
          <SlidersIcon />
          View
        </>
      }
    >
      <Row
        label="Colours"
        value={palette}
        onChange={(next) => actions.setView({ palette: next })}
        choices={[
          {
            value: 'diverging',
            label: 'Blue to red',
            hint: 'Readable with every common colour-vision deficiency',
          },
          {
            value: 'paper',
            label: 'As in the paper',
            hint: 'Figure 3 of the paper: jet for positive, black for negative',
          },
        ]}
      />
      <Row
        label="Slices"
        value={sliceLayout}
        onChange={(next) => actions.setView({ sliceLayout: next })}
        choices={[
          { value: 'orthogonal', label: 'Three planes' },
          { value: 'mosaic', label: 'All sections' },
        ]}
      />
      <Row
        label="Projection"
        value={camera.projection}
        onChange={(projection) => viewStore.setState({ camera: { ...camera, projection } })}
        choices={[
          { value: 'orthographic', label: 'Parallel' },
          { value: 'perspective', label: 'Perspective' },
        ]}
      />
      <Row
        label="Lengths"
        value={lengthUnit}
        onChange={(next) => viewStore.setState({ lengthUnit: next })}
        choices={[
          { value: 'nm', label: 'nm' },
          { value: 'Å', label: 'Å' },
        ]}
      />
    </Popover>
  );
}

interface RowProps<Value extends string> {
  readonly label: string;
  readonly value: Value;
  readonly choices: readonly Choice<Value>[];
  onChange(value: Value): void;
}

function Row<Value extends string>(props: RowProps<Value>) {
  return (
    <div className="form-row">
      <span className="label">{props.label}</span>
      <ToggleGroup {...props} />
    </div>
  );
}
