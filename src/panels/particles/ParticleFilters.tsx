import { useStore } from 'zustand';
import { actions, hasTruth, particlesStore, rangedOrder } from '../../state/index.ts';
import { Button } from '../../ui/Button.tsx';
import { NumbersField } from '../../ui/NumbersField.tsx';
import { Select } from '../../ui/Select.tsx';
import { ToggleGroup } from '../../ui/ToggleGroup.tsx';
import styles from './particles.module.css';

const ALL = '+all';

const HALVES: Readonly<Record<string, 1 | 2 | null>> = { both: null, 1: 1, 2: 2 };

const RANGED: Readonly<Record<ReturnType<typeof rangedOrder>, string>> = {
  score: 'Score',
  margin: 'Margin',
  probability: 'Probability',
  inside: 'Inside',
  listed: 'Listed score',
};

/** Which of the particles are listed. */
export function ParticleFilters() {
  const state = useStore(particlesStore);
  const { placed, scores, particles, filter, classCounts: counts } = state;
  const judged = hasTruth(state);
  if (!placed) return null;
  const ranged = rangedOrder(state);
  const hasRange = scores !== null || particles?.list.score != null;
  return (
    <section className={styles.filters} aria-label="Filter">
      {counts.length > 1 && (
        <Select
          label="Class that is listed"
          className={styles.classes}
          value={filter.className ?? ALL}
          onChange={(value) => actions.filterParticles({ className: value === ALL ? null : value })}
          groups={[
            {
              items: [
                { value: ALL, label: 'All classes' },
                ...counts.map(([name, count]) => ({
                  value: name,
                  label: name,
                  detail: count.toLocaleString('en'),
                })),
              ],
            },
          ]}
        />
      )}
      {hasRange && (
        <span className={styles.range}>
          <span className="label">{RANGED[ranged]} from</span>
          <NumbersField
            label={`${RANGED[ranged]} from`}
            narrow
            limit={1}
            values={filter.from === null ? [] : [filter.from]}
            onCommit={([from]) => actions.filterParticles({ from })}
          />
          <span className="label">to</span>
          <NumbersField
            label={`${RANGED[ranged]} to`}
            narrow
            limit={1}
            values={filter.to === null ? [] : [filter.to]}
            onCommit={([to]) => actions.filterParticles({ to })}
          />
        </span>
      )}
      {particles?.list.half && (
        <ToggleGroup
          label="Half set"
          value={String(filter.half ?? 'both')}
          choices={[
            { value: 'both', label: 'Both halves' },
            { value: '1', label: '1' },
            { value: '2', label: '2' },
          ]}
          onChange={(value) => actions.filterParticles({ half: HALVES[value] })}
        />
      )}
      {judged && (
        <ToggleGroup
          label="True or false"
          value={filter.truth}
          choices={[
            { value: 'all', label: 'All' },
            { value: 'true', label: 'True' },
            { value: 'false', label: 'False' },
          ]}
          onChange={(value) => actions.filterParticles({ truth: value })}
        />
      )}
      {(filter.from !== null || filter.to !== null) && (
        <Button tone="quiet" onClick={() => actions.filterParticles({ from: null, to: null })}>
          Any {RANGED[ranged].toLowerCase()}
        </Button>
      )}
    </section>
  );
}
