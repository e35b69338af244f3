import { stepsWords } from '../core/preprocessing/index.ts';
import type { NamedNormalization } from '../core/volume/index.ts';
import { actions, type ModelInfo, networkBox } from '../state/index.ts';
import { FormRow } from '../ui/FormRow.tsx';
import { NumbersField } from '../ui/NumbersField.tsx';
import { Select } from '../ui/Select.tsx';
import { NAMED, parametersOf, STEP_ROWS, type StepRowId } from './valueRows.ts';

const UNKNOWN = 'unknown';
/** Steps that are none of the rows: several, or with words of their own. */
const WRITTEN = 'written';

const OF_VOLUMES = ['none', 'zscore', 'unit-variance'] as const;
const OF_IMAGES = [...OF_VOLUMES, 'unit', 'signed', 'imagenet', 'caffe'] as const;

/** How the values were scaled that a network was trained with. */
export function ValuesFields({ model }: { readonly model: ModelInfo }) {
  const { normalization, steps = [] } = model.sidecar;
  const [step] = steps;
  const flat = networkBox(model)?.[0] === 1;
  const own = normalization === 'preprocessing';
  const isRow = own && steps.length === 1 && Object.hasOwn(STEP_ROWS, step.id);
  const value = !own ? (normalization ?? UNKNOWN) : isRow ? step.id : WRITTEN;
  const choose = (next: string) => {
    if (next === WRITTEN) return;
    if (Object.hasOwn(STEP_ROWS, next)) {
      const { initial } = STEP_ROWS[next as StepRowId];
      actions.describeNetwork({ normalization: 'preprocessing', steps: [initial] });
    } else {
      const named = next === UNKNOWN ? undefined : (next as NamedNormalization);
      actions.describeNetwork({ normalization: named, steps: undefined });
    }
  };
  const named = (flat ? OF_IMAGES : OF_VOLUMES).map((one) => ({ value: one, label: NAMED[one] }));
  const rows = Object.entries(STEP_ROWS).map(([id, { label }]) => ({ value: id, label }));
  const written = { value: WRITTEN, label: 'As its file says' };
  return (
    <>
      <FormRow label="Values">
        <Select
          label="Normalisation that the network was trained with"
          value={value}
          onChange={choose}
          groups={[
            {
              items: [
                { value: UNKNOWN, label: 'Not known (as in the file)' },
                ...(value === WRITTEN ? [written] : []),
                ...named,
              ],
            },
            { label: 'With numbers', items: rows },
          ]}
        />
      </FormRow>
      {isRow &&
        parametersOf(step).map(({ label, values, change }) => (
          <FormRow key={label} label={label}>
            <NumbersField
              label={label}
              values={values}
              limit={values.length > 1 ? values.length : Math.max(1, model.inputShape.at(-1) ?? 1)}
              narrow={values.length === 1}
              onCommit={(next) => {
                const changed = change(next);
                if (changed) actions.describeNetwork({ steps: [changed] });
              }}
            />
          </FormRow>
        ))}
      {own && <p className="small">Values are scaled {stepsWords(steps)}.</p>}
    </>
  );
}
