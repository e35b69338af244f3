import { useState } from 'react';
import { useStore } from 'zustand';
import { type CamMethod, METHODS } from '../../core/cam/index.ts';
import { formatValue } from '../../core/color/index.ts';
import { sentence } from '../../core/errors.ts';
import { lengthUnitOf } from '../../core/volume/index.ts';
import { lengthIn, shareText } from '../../core/where/index.ts';
import {
  actions,
  type Answer,
  explainStore,
  type Hidden,
  type Occluded,
  viewStore,
  walkSubject,
} from '../../state/index.ts';
import { Button } from '../../ui/Button.tsx';
import { NumbersField } from '../../ui/NumbersField.tsx';
import { ToggleGroup } from '../../ui/ToggleGroup.tsx';
import { nameOf } from './facts.ts';
import styles from './Occlude.module.css';

interface OccludeProps {
  readonly answer: Answer;
  readonly method: CamMethod;
}

interface Try extends Occluded {
  readonly words: string;
}

/** Attempts that stay in sight. */
const MOST = 4;

/** Hides a part of the volume from the network and asks again. */
export function Occlude({ answer, method }: OccludeProps) {
  const { volume } = answer.prepared;
  const chosen = useStore(viewStore, (view) => view.lengthUnit);
  const key = useStore(explainStore, (state) => walkSubject(state)?.key ?? null);
  const unit = lengthUnitOf(volume, chosen);
  const scale = unit === 'nm' ? 10 : 1;
  const [radius, setRadius] = useState(() => Math.round(volume.voxelSize[0] * 6));
  const [percent, setPercent] = useState(5);
  const [how, setHow] = useState<'without' | 'alone'>('without');
  const [tries, setTries] = useState<readonly Try[]>([]);
  const run = async (hidden: Hidden, what: string) => {
    try {
      const found = await actions.occlude(hidden, how === 'alone');
      const words = `${how === 'alone' ? 'Of' : 'Without'} ${what}${how === 'alone' ? ' alone' : ''}`;
      if (found) setTries((before) => [{ ...found, words }, ...before].slice(0, MOST));
    } catch (error) {
      actions.reportError(sentence(error));
    }
  };
  return (
    <section className={styles.occlude} aria-label="Hide a part and ask again">
      <div className={styles.line}>
        <span>Hide and ask again</span>
        <ToggleGroup<'without' | 'alone'>
          label="What is left of the volume"
          value={how}
          onChange={setHow}
          choices={[
            { value: 'without', label: 'hide it' },
            { value: 'alone', label: 'keep it alone' },
          ]}
        />
      </div>
      <div className={styles.line}>
        <Button
          disabled={key === null}
          onClick={() =>
            void run(
              { kind: 'ball', radius },
              `a ball of ${lengthIn(radius, unit)} at the crosshair`,
            )
          }
        >
          A ball at the crosshair
        </Button>
        <NumbersField
          label={`Radius of the ball, ${unit}`}
          narrow
          limit={1}
          values={[radius / scale]}
          onCommit={([next]) => setRadius(Math.abs(next) * scale)}
        />
        <span>{unit}</span>
      </div>
      <div className={styles.line}>
        <Button
          disabled={key === null}
          onClick={() =>
            void run(
              { kind: 'top', share: percent / 100, method },
              `the top ${percent}% of ${METHODS[method].name}`,
            )
          }
        >
          The top of {METHODS[method].name}
        </Button>
        <NumbersField
          label="Share of the voxels, percent"
          narrow
          limit={1}
          values={[percent]}
          onCommit={([next]) => setPercent(Math.min(100, Math.max(0.1, Math.abs(next))))}
        />
        <span>%</span>
      </div>
      <ul className={styles.tries} aria-live="polite">
        {tries
          .filter((one) => one.key === key)
          .map(({ words, before, after, predicted, share }) => (
            <li key={`${words} ${after}`}>
              {words} ({shareText(share)} of the box): score {formatValue(before)} →{' '}
              <strong>{formatValue(after)}</strong>, answer{' '}
              <strong>{nameOf(answer.model.classes, predicted)}</strong>
            </li>
          ))}
      </ul>
    </section>
  );
}
