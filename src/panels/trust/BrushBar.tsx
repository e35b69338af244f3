import { useStore } from 'zustand';
import { sentence } from '../../core/errors.ts';
import { lengthUnitOf } from '../../core/volume/index.ts';
import { shareText } from '../../core/where/index.ts';
import {
  actions,
  type BrushTip,
  displayStore,
  explainStore,
  occlusionStore,
  paintedOn,
  viewStore,
  walkSubject,
} from '../../state/index.ts';
import { Button } from '../../ui/Button.tsx';
import { ToggleGroup } from '../../ui/ToggleGroup.tsx';
import styles from './BrushBar.module.css';
import { RadiusField } from './RadiusField.tsx';
import { TryLine } from './TryLine.tsx';

const ERASE = { value: 'erase', label: 'Erase', hint: 'Takes marks away' } as const;
const TIPS = [
  { value: 'ball', label: 'Ball', hint: 'Marks what is within the radius, in space' },
  { value: 'disc', label: 'Disc', hint: 'Marks in the slice that is dragged in alone' },
  ERASE,
] as const;
const FLAT_TIPS = [
  { value: 'ball', label: 'Paint', hint: 'Marks what is within the radius' },
  ERASE,
] as const;

/** Over the views while a brush is held: its tip, what is painted, and what the network says without it. */
export function BrushBar() {
  const state = useStore(occlusionStore);
  const { volume, volumeId } = useStore(displayStore);
  const answer = useStore(explainStore, (explain) => explain.answer);
  const key = useStore(explainStore, (explain) => walkSubject(explain)?.key ?? null);
  const chosen = useStore(viewStore, (view) => view.lengthUnit);
  const { tip, tries } = state;
  if (tip === null || !volume) return null;
  const unit = lengthUnitOf(volume, chosen);
  const picture = volume.rowsDown === true;
  const painted = paintedOn(state, volumeId, volume);
  const count = painted?.count ?? 0;
  // What was painted since makes another question.
  const last = tries.find(
    ({ key: of, part }) => of === key && part.kind === 'painted' && part.marks === painted?.rested,
  );
  const ask = (only: boolean) =>
    void actions
      .occlude({ kind: 'painted' }, only)
      .catch((error: unknown) => actions.reportError(sentence(error)));
  return (
    <section className={styles.bar} aria-label="Brush">
      <div className={styles.line}>
        <span>
          {picture ? 'Drag in the picture.' : 'Drag in a slice, click in 3D.'}{' '}
          {count > 0 && <strong>{shareText(count / volume.data.length)} painted</strong>}
        </span>
        <ToggleGroup<BrushTip>
          label="The brush paints"
          value={tip}
          onChange={(next) => actions.chooseBrush({ tip: next })}
          choices={picture ? FLAT_TIPS : TIPS}
        />
        <RadiusField of="brush" unit={unit} />
        <Button disabled={key === null || count === 0} onClick={() => ask(false)}>
          Hide it and ask
        </Button>
        <Button disabled={key === null || count === 0} onClick={() => ask(true)}>
          Keep it alone and ask
        </Button>
        <Button disabled={count === 0} onClick={actions.clearPaint}>
          Clear
        </Button>
        <Button onClick={() => actions.chooseBrush({ tip: null })}>Done</Button>
      </div>
      <p className={styles.found} aria-live="polite">
        {last && answer && (
          <TryLine {...{ unit, picture }} tried={last} classes={answer.model.classes} />
        )}
      </p>
    </section>
  );
}
