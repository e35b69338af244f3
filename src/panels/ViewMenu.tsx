import { useStore } from 'zustand';
import { lengthUnitOf } from '../core/volume/index.ts';
import { lengthIn } from '../core/where/index.ts';
import { actions, displayStore, VIEW_CHOICES, type ViewChoice, viewStore } from '../state/index.ts';
import { FormRow } from '../ui/FormRow.tsx';
import { SlidersIcon } from '../ui/icons.tsx';
import { Popover } from '../ui/Popover.tsx';
import { Slider } from '../ui/Slider.tsx';
import { ToggleGroup } from '../ui/ToggleGroup.tsx';
import styles from './ViewMenu.module.css';
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
          <ChoiceRow choice="cut" />
          <SurfaceRows />
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

/** How much the density's surface hides, and which of its pieces are drawn. */
function SurfaceRows() {
  const opacity = useStore(viewStore, (view) => view.densityOpacity);
  const dust = useStore(viewStore, (view) => view.dust);
  const volume = useStore(displayStore, (display) => display.volume);
  const chosen = useStore(viewStore, (view) => view.lengthUnit);
  if (!volume) return null;
  const unit = lengthUnitOf(volume, chosen);
  const [x, y, z] = volume.voxelSize;
  const size = lengthIn(dust * Math.cbrt(x * y * z), unit);
  return (
    <>
      <FormRow label="Density in the maps">
        <Slider
          labels={['Opacity of the density around the maps']}
          values={[opacity]}
          min={0}
          max={1}
          step={0.02}
          onChange={([next]) => actions.setSurface({ densityOpacity: next })}
        />
        <output className={styles.value}>{Math.round(100 * opacity)}%</output>
      </FormRow>
      <FormRow label="Hide dust below">
        <Slider
          labels={['Size below which separate pieces of the density are hidden']}
          values={[dust]}
          min={0}
          max={20}
          step={1}
          onChange={([next]) => actions.setSurface({ dust: next })}
        />
        <output className={styles.value}>{dust === 0 ? 'off' : size}</output>
      </FormRow>
    </>
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
