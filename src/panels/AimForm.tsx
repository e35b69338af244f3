import { useState } from 'react';
import { useStore } from 'zustand';
import { TARGET_WORDS, type Target } from '../core/target/index.ts';
import {
  type Aim,
  actions,
  ballAt,
  currentVolume,
  displayStore,
  explainStore,
  FIRST_RADIUS,
  kindsOf,
  networkStore,
  outputOf,
  shownLayer,
  targetKindOf,
  viewStore,
  volumesStore,
} from '../state/index.ts';
import { FormRow } from '../ui/FormRow.tsx';
import { Button } from '../ui/Button.tsx';
import { Select } from '../ui/Select.tsx';
import { Slider } from '../ui/Slider.tsx';
import { ToggleGroup } from '../ui/ToggleGroup.tsx';
import { Explained } from './Explained.tsx';
import { shapeText } from './network/graphWords.ts';
import { pickVector } from './pickVector.ts';
import { ReferencesField } from './ReferencesField.tsx';
import styles from './AimForm.module.css';

/** Which of the network's numbers is explained. */
export function AimForm() {
  const model = useStore(networkStore, (state) => state.model);
  const aim = useStore(explainStore, (state) => state.aim);
  const [open, setOpen] = useState(false);
  if (!model) return null;
  const kind = targetKindOf(model, aim);
  const output = outputOf(model, aim);
  return (
    <details className={styles.aim} open={open} onToggle={(e) => setOpen(e.currentTarget.open)}>
      <summary>
        Explains: <strong>{TARGET_WORDS[kind].label.toLowerCase()}</strong>
        {output !== model.outputs[0] && ` of the output ${output.name}`}
      </summary>
      <p className="small">{TARGET_WORDS[kind].sentence}</p>
      <OutputField />
      <TargetField />
      <AgainstField />
      <ReferencesField />
      <BallField />
      <StatisticsField />
    </details>
  );
}

function OutputField() {
  const model = useStore(networkStore, (state) => state.model);
  const aim = useStore(explainStore, (state) => state.aim);
  if (!model || model.outputs.length < 2) return null;
  return (
    <FormRow label="Output">
      <Select
        label="Output of the network"
        value={outputOf(model, aim).name}
        onChange={(name) =>
          actions.chooseAim({ output: name === model.outputs[0].name ? null : name, target: null })
        }
        groups={[
          {
            items: model.outputs.map(({ name, shape }) => ({
              value: name,
              label: name,
              detail: shapeText(shape),
            })),
          },
        ]}
      />
    </FormRow>
  );
}

/** What the target field offers: the kinds, and the regions of a segmentation. */
type Choice = 'class' | 'difference' | 'value' | 'predicted' | 'mask' | 'ball' | 'similarity';

const LABELS: Record<Choice, string> = {
  class: TARGET_WORDS.class.label,
  difference: TARGET_WORDS.difference.label,
  value: TARGET_WORDS.value.label,
  predicted: 'Voxels predicted as the class',
  mask: 'Voxels of the component',
  ball: 'A ball around the crosshair',
  similarity: `${TARGET_WORDS.similarity.label}…`,
};

function TargetField() {
  const model = useStore(networkStore, (state) => state.model);
  const aim = useStore(explainStore, (state) => state.aim);
  const own = useStore(volumesStore, (state) => currentVolume(state)?.tile?.question.aim);
  if (!model) return null;
  const output = outputOf(model, aim);
  const ownMask = own?.target?.kind === 'segmentation' && own.target.region.kind === 'mask';
  const choices = kindsOf(output).flatMap((kind): readonly Choice[] =>
    kind === 'segmentation' ? ['predicted', ...(ownMask ? ['mask' as const] : []), 'ball'] : [kind],
  );
  const choose = (choice: Choice) => {
    const only = (target: Target | null) => actions.chooseAim({ target });
    switch (choice) {
      case 'class':
      case 'predicted':
        return only(null);
      case 'value':
        return only({ kind: 'value' });
      case 'difference':
        return only({ kind: 'difference', against: runnerUp() });
      case 'mask':
        return only(own?.target ?? null);
      case 'ball':
        return chooseBall(FIRST_RADIUS);
      case 'similarity':
        return void chooseReference();
    }
  };
  return (
    <FormRow label="Number">
      <Select
        label="What is explained"
        value={choiceOf(aim.target, choices[0])}
        onChange={(value) => choose(value as Choice)}
        groups={[{ items: choices.map((value) => ({ value, label: LABELS[value] })) }]}
      />
    </FormRow>
  );
}

function choiceOf(target: Target | null, first: Choice): Choice {
  if (!target) return first;
  if (target.kind === 'segmentation')
    return target.region.kind === 'box' ? 'predicted' : target.region.kind;
  return target.kind;
}

/** The class with the second largest score, which is what the answer is to be held against. */
function runnerUp(): number {
  const scores = explainStore.getState().answer?.result.scores ?? [];
  const [, second] = [...scores.keys()].sort((a, b) => scores[b] - scores[a]);
  return second ?? 0;
}

function chooseBall(radius: number): void {
  const { model } = networkStore.getState();
  const { prepared, aim } = explainStore.getState();
  if (!model || !prepared) return;
  const { crosshair } = viewStore.getState();
  actions.chooseAim({ target: ballAt(prepared.volume, crosshair, outputOf(model, aim), radius) });
}

async function chooseReference(): Promise<void> {
  const picked = await pickVector();
  if (picked) actions.addReferenceVector(picked.file, picked.values);
}

function AgainstField() {
  const model = useStore(networkStore, (state) => state.model);
  const target = useStore(explainStore, (state) => state.aim.target);
  if (!model || target?.kind !== 'difference') return null;
  return (
    <FormRow label="Minus">
      <Select
        label="Class that is subtracted"
        value={String(target.against)}
        onChange={(value) =>
          actions.chooseAim({ target: { kind: 'difference', against: Number(value) } })
        }
        groups={[{ items: model.classes.map((label, index) => ({ value: String(index), label })) }]}
      />
    </FormRow>
  );
}

function BallField() {
  const target = useStore(explainStore, (state) => state.aim.target);
  const volume = useStore(displayStore, (display) => display.volume);
  if (target?.kind !== 'segmentation' || target.region.kind !== 'ball' || !volume) return null;
  const { radius, centre } = target.region;
  return (
    <>
      <FormRow label="Radius">
        <Slider
          labels={['Radius of the ball in voxels']}
          values={[radius]}
          min={0}
          max={20}
          step={1}
          onChange={([next]) =>
            actions.chooseAim({
              target: { kind: 'segmentation', region: { kind: 'ball', centre, radius: next } },
            })
          }
        />
        <output>{radius}</output>
      </FormRow>
      <Button onClick={() => chooseBall(radius)}>Move it to the crosshair</Button>
    </>
  );
}

const STATISTICS: readonly {
  readonly value: NonNullable<Aim['statistics']>;
  readonly label: string;
}[] = [
  { value: 'frozen', label: 'Frozen' },
  { value: 'plain', label: 'Plain' },
];

/** Only for layers in front of a normalisation that looks at its input. */
function StatisticsField() {
  const chosen = useStore(explainStore, (state) => state.aim.statistics);
  const used = useStore(explainStore, (state) => shownLayer(state)?.statistics);
  if (!used || (used === 'plain' && chosen === null)) return null;
  return (
    <FormRow label={<Explained topic="statistics">Statistics</Explained>}>
      <ToggleGroup
        label="How normalisations are differentiated"
        value={used}
        onChange={(statistics) => actions.chooseAim({ statistics })}
        choices={STATISTICS}
      />
    </FormRow>
  );
}
