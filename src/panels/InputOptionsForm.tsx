import { useStore } from 'zustand';
import { type Normalization, PICTURE_SCALINGS, usualScaling } from '../core/volume/index.ts';
import {
  actions,
  currentVolume,
  explainStore,
  type InputOptions,
  isPicture,
  networkBox,
  networkStore,
  optionsOf,
  ownGrid,
  volumesStore,
} from '../state/index.ts';
import { FormRow } from '../ui/FormRow.tsx';
import { Button } from '../ui/Button.tsx';
import { NumbersField } from '../ui/NumbersField.tsx';
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
  const model = useStore(networkStore, (state) => state.model);
  const item = useStore(volumesStore, currentVolume);
  const picture = item !== null && isPicture(item);
  const own = model?.sidecar.normalization;
  const usual = model && picture ? usualScaling(model) : null;
  return (
    <>
      <Switch
        label="Invert contrast"
        checked={invert}
        onChange={(next) => onChange({ invert: next })}
      />
      <FormRow label="Values">
        <Select
          label="Normalisation"
          value={normalization}
          onChange={(next) => onChange({ normalization: next as typeof normalization })}
          groups={[
            {
              items: [
                {
                  value: 'model',
                  label: own
                    ? `As trained (${NORMALIZATION_NAMES[own]})`
                    : usual
                      ? `As usual (${NORMALIZATION_NAMES[usual]})`
                      : 'As trained',
                },
                ...(picture ? PICTURE_VALUES : VOLUME_VALUES).map((value) => ({
                  value,
                  label: VALUES[value] ?? NORMALIZATION_NAMES[value],
                })),
              ],
            },
          ]}
        />
      </FormRow>
      <FormRow label="Box">
        <ToggleGroup
          label="Fit to the network's box"
          value={fit}
          onChange={(next) => onChange({ fit: next })}
          choices={picture ? PICTURE_FITS : VOLUME_FITS}
        />
      </FormRow>
      <SectionField section={options.section} onChange={onChange} />
    </>
  );
}

/** Which section of a volume a network of images is given. */
function SectionField({
  section,
  onChange,
}: Pick<InputOptions, 'section'> & Pick<InputOptionsFieldsProps, 'onChange'>) {
  const item = useStore(volumesStore, currentVolume);
  const flat = useStore(networkStore, ({ model }) => model && networkBox(model)?.[0] === 1);
  const count = item ? ownGrid(item).shape[0] : 1;
  if (!flat || count === 1) return null;
  return (
    <FormRow label="Section">
      <NumbersField
        label={`Section, 1 to ${count}`}
        narrow
        limit={1}
        values={[(section ?? Math.floor(count / 2)) + 1]}
        onCommit={([next]) => {
          if (next >= 1 && next <= count) onChange({ section: Math.round(next) - 1 });
        }}
      />
    </FormRow>
  );
}

const VOLUME_FITS = [
  { value: 'none', label: 'As is' },
  {
    value: 'crop',
    label: 'Crop',
    hint: 'Cut or pad about the centre; voxels stay as they are',
  },
  { value: 'resample', label: 'Resample', hint: "Bring to the network's voxel size and box" },
] as const;

const PICTURE_FITS = [
  {
    value: 'cover',
    label: 'Scale',
    hint: "Scale in proportion until the network's size is covered, then cut about the centre",
  },
  { value: 'crop', label: 'Crop', hint: 'Cut or pad about the centre; pixels stay as they are' },
  { value: 'resample', label: 'Stretch', hint: 'Scale rows and columns each to the size' },
] as const;

const VOLUME_VALUES = ['none', 'zscore'] as const;
const PICTURE_VALUES = ['none', 'unit', 'signed', 'imagenet', 'caffe', 'zscore'] as const;

const VALUES: Readonly<Partial<Record<Normalization, string>>> = {
  none: 'As in the file',
  zscore: 'Mean 0, variance 1',
};

const NORMALIZATION_NAMES: Readonly<Record<Normalization, string>> = {
  none: 'none',
  zscore: 'mean 0, variance 1',
  'unit-variance': 'variance 1',
  unit: PICTURE_SCALINGS.unit.label,
  signed: PICTURE_SCALINGS.signed.label,
  imagenet: PICTURE_SCALINGS.imagenet.label,
  caffe: PICTURE_SCALINGS.caffe.label,
  preprocessing: 'its preprocessing',
};
