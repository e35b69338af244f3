import { useStore } from 'zustand';
import {
  actions,
  explainStore,
  type InputOptions,
  networkStore,
  optionsOf,
  volumesStore,
} from '../state/index.ts';
import { Button } from '../ui/Button.tsx';
import { Select } from '../ui/Select.tsx';
import { Switch } from '../ui/Switch.tsx';
import { ToggleGroup } from '../ui/ToggleGroup.tsx';

/** What is done to the volume before the network sees it, and in words what was done. */
export function InputOptionsForm() {
  const options = useStore(volumesStore, optionsOf);
  const differ = useStore(volumesStore, ({ items, ...state }) =>
    items.some((item) => !item.sample && optionsOf(state, item.id) !== options),
  );
  const steps = useStore(explainStore, (state) => state.prepared?.steps);
  return (
    <section className="panel-section" aria-label="Before the network">
      <h3>Before the network</h3>
      <InputOptionsFields options={options} onChange={actions.setInputOptions} />
      {differ && (
        <Button onClick={actions.shareInputOptions}>The same for all opened volumes</Button>
      )}
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

interface InputOptionsFieldsProps {
  readonly options: InputOptions;
  onChange(part: Partial<InputOptions>): void;
}

/** The controls alone: contrast, values and box. */
export function InputOptionsFields({ options, onChange }: InputOptionsFieldsProps) {
  const { invert, normalization, fit } = options;
  const own = useStore(networkStore, (state) => state.model?.sidecar.normalization);
  return (
    <>
      <Switch
        label="Invert contrast"
        checked={invert}
        onChange={(next) => onChange({ invert: next })}
      />
      <div className="form-row">
        <span className="label">Values</span>
        <Select
          label="Normalisation"
          value={normalization}
          onChange={(next) => onChange({ normalization: next as typeof normalization })}
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
          onChange={(next) => onChange({ fit: next })}
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
    </>
  );
}

const NORMALIZATIONS = {
  none: 'none',
  zscore: 'mean 0, variance 1',
  'unit-variance': 'variance 1',
} as const;
