import { useState } from 'react';
import { useStore } from 'zustand';
import { type CamMethod, METHODS } from '../../core/cam/index.ts';
import { sentence } from '../../core/errors.ts';
import { lengthUnitOf } from '../../core/volume/index.ts';
import {
  actions,
  type Answer,
  explainStore,
  type Hidden,
  isPicture,
  occlusionStore,
  viewStore,
  walkSubject,
} from '../../state/index.ts';
import { Button } from '../../ui/Button.tsx';
import { NumbersField } from '../../ui/NumbersField.tsx';
import { ToggleGroup } from '../../ui/ToggleGroup.tsx';
import styles from './Occlude.module.css';
import { RadiusField } from './RadiusField.tsx';
import { TryLine } from './TryLine.tsx';

interface OccludeProps {
  readonly answer: Answer;
  readonly method: CamMethod;
}

/** Hides a part of the volume from the network and asks again. */
export function Occlude({ answer, method }: OccludeProps) {
  const { volume } = answer.prepared;
  const chosen = useStore(viewStore, (view) => view.lengthUnit);
  const key = useStore(explainStore, (state) => walkSubject(state)?.key ?? null);
  const unit = lengthUnitOf(volume, chosen);
  const picture = isPicture(answer.item);
  const round = picture ? 'disc' : 'ball';
  const { radius, tip, tries } = useStore(occlusionStore);
  const [percent, setPercent] = useState(5);
  const [how, setHow] = useState<'without' | 'alone'>('without');
  const run = async (hidden: Hidden) => {
    try {
      await actions.occlude(hidden, how === 'alone');
    } catch (error) {
      actions.reportError(sentence(error));
    }
  };
  return (
    <section className={styles.occlude} aria-label="Hide a part and ask again">
      <div className={styles.line}>
        <span>Hide and ask again</span>
        <ToggleGroup<'without' | 'alone'>
          label={`What is left of the ${picture ? 'picture' : 'volume'}`}
          value={how}
          onChange={setHow}
          choices={[
            { value: 'without', label: 'hide it' },
            { value: 'alone', label: 'keep it alone' },
          ]}
        />
      </div>
      <div className={styles.line}>
        <Button disabled={key === null} onClick={() => void run({ kind: 'ball', radius })}>
          A {round} at the crosshair
        </Button>
        <RadiusField of={round} unit={unit} />
      </div>
      <div className={styles.line}>
        <Button
          disabled={key === null}
          onClick={() => void run({ kind: 'top', share: percent / 100, method })}
        >
          The top of {METHODS[method].name}
        </Button>
        <NumbersField
          label={`Share of the ${picture ? 'pixels' : 'voxels'}, percent`}
          narrow
          limit={1}
          values={[percent]}
          onCommit={([next]) => setPercent(Math.min(100, Math.max(0.1, Math.abs(next))))}
        />
        <span>%</span>
      </div>
      <div className={styles.line}>
        <Button
          disabled={key === null}
          aria-pressed={tip !== null}
          onClick={() => actions.chooseBrush({ tip: tip === null ? 'ball' : null })}
        >
          Paint it with a brush…
        </Button>
      </div>
      <ul className={styles.tries} aria-live="polite">
        {tries
          .filter((one) => one.key === key)
          .map((tried, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the newest comes first
            <li key={i}>
              <TryLine {...{ tried, unit, picture }} classes={answer.model.classes} />
            </li>
          ))}
      </ul>
    </section>
  );
}
