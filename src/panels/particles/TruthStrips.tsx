import { useMemo } from 'react';
import { useStore } from 'zustand';
import { actions, classNameOf, hasTruth, isTrue, particlesStore } from '../../state/index.ts';
import { Thumbnail } from './Thumbnail.tsx';
import { useThumbnails } from './thumbnails.ts';
import styles from './particles.module.css';

/** More than there is room for in any layout. */
const SHOWN = 16;

/** True and false picks beside each other, the first of the list as it is sorted, all with the same levels. */
export function TruthStrips({ onExplain }: { onExplain(): void }) {
  const state = useStore(particlesStore);
  const listed = useStore(particlesStore, (state) => state.listed.sorted);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is listed changes with all that decides it
  const rows = useMemo(() => {
    if (!hasTruth(state)) return [];
    const of = (wanted: boolean) => {
      const first: number[] = [];
      let count = 0;
      for (const k of listed) if (isTrue(state, k) === wanted && count++ < SHOWN) first.push(k);
      return { count, first };
    };
    return [
      { label: 'True', ...of(true) },
      { label: 'False', ...of(false) },
    ];
  }, [listed]);
  const pictures = useThumbnails(useMemo(() => rows.flatMap(({ first }) => first), [rows]));
  if (rows.every(({ count }) => count === 0)) return null;
  return (
    <section className={styles.strips} aria-label="True and false picks with equal levels">
      {rows.map(({ label, count, first }) => (
        <div key={label} className={styles.strip}>
          <span className={styles.stripLabel}>
            <strong>{label}</strong>
            <span className="small">{count.toLocaleString('en')}</span>
          </span>
          {first.map((k) => (
            <button
              key={k}
              type="button"
              className={styles.stripButton}
              aria-label={`Row ${state.placed!.index[k] + 1}, ${classNameOf(state, k) ?? 'no class'}`}
              aria-pressed={k === state.current}
              title={`Row ${state.placed!.index[k] + 1}, ${classNameOf(state, k) ?? 'no class'}; twice explains it`}
              onClick={() => actions.goToParticle(k)}
              onDoubleClick={() => void actions.explainParticle(k).then(onExplain)}
            >
              <Thumbnail data={pictures.of(k)} side={pictures.side} grey={pictures.grey} />
            </button>
          ))}
        </div>
      ))}
    </section>
  );
}
