import { useStore } from 'zustand';
import { displayStore, VIEW_CHOICES, type ViewChoice, viewStore } from '../state/index.ts';
import { FormRow } from '../ui/FormRow.tsx';
import { SlidersIcon } from '../ui/icons.tsx';
import { Popover } from '../ui/Popover.tsx';
import { ToggleGroup } from '../ui/ToggleGroup.tsx';
import { ViewToggle } from './ViewToggle.tsx';

/** How things are drawn: what is set once rather than while looking. */
export function ViewMenu() {
  const flat = useStore(displayStore, ({ volume }) => volume?.shape[0] === 1);
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
      <ChoiceRow choice="palette" />
      {!flat && (
        <>
          <ChoiceRow choice="sliceLayout" />
          <FormRow label="Projection">
            <ProjectionToggle />
          </FormRow>
        </>
      )}
      <ChoiceRow choice="lengthUnit" />
    </Popover>
  );
}

function ChoiceRow({ choice }: { readonly choice: ViewChoice }) {
  return (
    <FormRow label={VIEW_CHOICES[choice].title}>
      <ViewToggle choice={choice} />
    </FormRow>
  );
}

function ProjectionToggle() {
  const camera = useStore(viewStore, (view) => view.camera);
  return (
    <ToggleGroup
      label="Projection"
      value={camera.projection}
      onChange={(projection) => viewStore.setState({ camera: { ...camera, projection } })}
      choices={[
        { value: 'orthographic', label: 'Parallel' },
        { value: 'perspective', label: 'Perspective' },
      ]}
    />
  );
}
