import { useStore } from 'zustand';
import {
  actions,
  clearContrast,
  currentVolume,
  explainStore,
  networkStore,
  voxelSizeRemark,
  volumesStore,
} from '../state/index.ts';
import { Button } from '../ui/Button.tsx';
import { Select } from '../ui/Select.tsx';
import { Switch } from '../ui/Switch.tsx';
import { ToggleGroup } from '../ui/ToggleGroup.tsx';

/** What is done to the volume before the network sees it, and in words what was done. */
export function InputOptionsForm() {
  const { invert, normalization, fit } = useStore(volumesStore, (state) => state.options);
  const steps = useStore(explainStore, (state) => state.prepared?.steps);
  const own = useStore(networkStore, (state) => state.model?.sidecar.normalization);
  return (
    <section className="panel-section" aria-label="Before the network">
      <h3>Before the network</h3>
      <Switch
        label="Invert contrast"
        checked={invert}
        onChange={(next) => actions.setInputOptions({ invert: next })}
      />
      <div className="form-row">
        <span className="label">Values</span>
        <Select
          label="Normalisation"
          value={normalization}
          onChange={(next) =>
            actions.setInputOptions({ normalization: next as typeof normalization })
          }
          groups={[
            {
              items: [
                { value: 'model', label: `As trained${own ? ` (${NORMALIZATIONS[own]})` : ''}` },
                { value: 'none', label: 'As in the file' },
                { value: 'zscore', label: 'Mean 0, variance 1' },
              ],
            },
          ]}
        />
      </div>
      <div className="form-row">
        <span className="label">Box</span>
        <ToggleGroup
          label="Fit to the network's box"
          value={fit}
          onChange={(next) => actions.setInputOptions({ fit: next })}
          choices={[
            { value: 'none', label: 'As is' },
            {
              value: 'crop',
              label: 'Crop',
              hint: 'Cut or pad about the centre; voxels stay as they are',
            },
            {
              value: 'resample',
              label: 'Resample',
              hint: "Bring to the network's voxel size and box",
            },
          ]}
        />
      </div>
      <Remarks />
      {steps && steps.length > 0 && (
        <ul className="steps" aria-label="What was done">
          {steps.map((step) => (
            <li key={step}>{step}</li>
          ))}
        </ul>
      )}
    </section>
  );
}

const NORMALIZATIONS = {
  none: 'none',
  zscore: 'mean 0, variance 1',
  'unit-variance': 'variance 1',
} as const;

/** What may make the answer worthless, each with its remedy. */
function Remarks() {
  const item = useStore(volumesStore, currentVolume);
  const model = useStore(networkStore, (state) => state.model);
  const options = useStore(volumesStore, (state) => state.options);
  if (!item || !model) return null;
  const size = options.fit === 'resample' ? null : voxelSizeRemark(item.volume.voxelSize, model);
  const seen = clearContrast(item.stats);
  const expected = model.sidecar.contrast;
  const opposite = seen && expected && (seen !== expected) !== options.invert;
  return (
    <>
      {size && (
        <p className="remark">
          <span>{size}</span>
          <Button onClick={() => actions.setInputOptions({ fit: 'resample' })}>Resample</Button>
        </p>
      )}
      {opposite && (
        <p className="remark">
          <span>
            The network expects {expected} molecules; here they look{' '}
            {expected === 'dark' ? 'bright' : 'dark'}.
          </span>
          <Button onClick={() => actions.setInputOptions({ invert: !options.invert })}>
            Invert
          </Button>
        </p>
      )}
    </>
  );
}
