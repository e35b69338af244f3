import { useMemo } from 'react';
import { useStore } from 'zustand';
import { actions, classNameOf, particlesStore } from '../../state/index.ts';
import { Thumbnail } from './Thumbnail.tsx';
import { useThumbnails } from './thumbnails.ts';
import styles from './particles.module.css';

/** True and false picks beside each other, the first of the list as it is sorted, all with the same levels. */
export function TruthStrips({ onExplain }: { onExplain(): void }) {
  const state = useStore(particlesStore);
  const { judged } = state.listed;
  const wanted = useMemo(
    () => (judged ? [...judged.right.first, ...judged.wrong.first] : []),
    [judged],
  );
  const pictures = useThumbnails(wanted);
  if (!judged || judged.right.count + judged.wrong.count === 0) return null;
  const rows = [
    { label: 'True', ...judged.right },
    { label: 'False', ...judged.wrong },
  ];
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
