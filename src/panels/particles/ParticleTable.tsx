import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from 'react';
import { useStore } from 'zustand';
import { formatValue } from '../../core/color/index.ts';
import {
  actions,
  classNameOf,
  isSelected,
  judge,
  particleColor,
  type ParticleOrder,
  type ParticlesState,
  particlesStore,
} from '../../state/index.ts';
import { Button } from '../../ui/Button.tsx';
import { useSize } from '../../ui/useElement.ts';
import { Thumbnail } from './Thumbnail.tsx';
import { useThumbnails } from './thumbnails.ts';
import styles from './ParticleTable.module.css';

/** CSS pixels of a row and of the head above them. */
const ROW = 56;
const HEAD = 28;
/** Browsers lay out no more CSS pixels than this; longer lists scroll faster. */
const MOST_PIXELS = 12e6;
const BEYOND = 4;

const percent = (value: number) => (Number.isNaN(value) ? '–' : `${Math.round(100 * value)}%`);
const number = (value: number) => (Number.isNaN(value) ? '–' : formatValue(value));

interface Column {
  readonly order: ParticleOrder;
  readonly label: string;
  readonly hint: string;
  when(state: ParticlesState): boolean;
  text(state: ParticlesState, k: number): string;
}

/** A filter that lets all through, in whatever order. */
const EVERYTHING = { className: null, from: null, to: null, truth: 'all', half: null } as const;

const STEPS: Readonly<Record<string, number>> = {
  ArrowDown: 1,
  ArrowUp: -1,
  Home: Number.NEGATIVE_INFINITY,
  End: Number.POSITIVE_INFINITY,
};
const PAGES: Readonly<Record<string, number>> = { PageDown: 1, PageUp: -1 };

const scored = ({ scores }: ParticlesState) => scores !== null;

/** What a row says beside its picture and class. */
const COLUMNS: readonly Column[] = [
  {
    order: 'listed',
    label: 'Listed',
    hint: "The list's own figure of merit",
    when: ({ particles, scores }) => particles?.list.score != null && scores === null,
    text: ({ particles, placed }, k) => number(particles!.list.score!.values[placed!.index[k]]),
  },
  {
    order: 'score',
    label: 'Score',
    hint: 'Score of the class before the softmax',
    when: scored,
    text: ({ scores }, k) => number(scores!.score[k]),
  },
  {
    order: 'margin',
    label: 'Margin',
    hint: 'Score over that of the second class',
    when: scored,
    text: ({ scores }, k) => number(scores!.margin[k]),
  },
  {
    order: 'inside',
    label: 'Inside',
    hint: 'Share of what speaks for the class that lies inside the particle',
    when: scored,
    text: ({ scores }, k) => percent(scores!.inside[k]),
  },
];

interface ParticleTableProps {
  /** A particle is on the explain page. */
  onExplain(): void;
}

/** The particles one below the other, as many as there are; arrows go through them, Enter explains. */
export function ParticleTable({ onExplain }: ParticleTableProps) {
  const state = useStore(particlesStore);
  const listed = useStore(particlesStore, (state) => state.listed.sorted);
  const stage = useRef<HTMLElement>(null);
  const size = useSize(stage);
  const [top, setTop] = useState(0);
  const height = Math.min(MOST_PIXELS, listed.length * ROW);
  const room = Math.max(0, (size?.height ?? 0) - HEAD);
  const rows = Math.ceil(room / ROW) + 1;
  const scrollable = Math.max(1, height - room);
  const first =
    height === listed.length * ROW
      ? Math.floor(top / ROW)
      : Math.round((top / scrollable) * (listed.length - rows + 1));
  const from = Math.max(0, first - BEYOND);
  const to = Math.min(listed.length, first + rows + BEYOND);
  const seen = useMemo(() => Array.from(listed.subarray(from, to)), [listed, from, to]);
  const pictures = useThumbnails(seen);
  const columns = COLUMNS.filter(({ when }) => when(state));
  const { current, filter } = state;

  // The current one comes into sight wherever it was chosen.
  useEffect(() => {
    const element = stage.current!;
    const at = current === null ? -1 : listed.indexOf(current);
    if (at < 0 || height !== listed.length * ROW) return;
    const { scrollTop, clientHeight } = element;
    const space = clientHeight - HEAD;
    if (at * ROW < scrollTop) element.scrollTop = at * ROW;
    else if ((at + 1) * ROW > scrollTop + space) element.scrollTop = (at + 1) * ROW - space;
  }, [current, listed, height]);

  const explain = (k: number) => void actions.explainParticle(k).then(onExplain);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const page = Math.max(1, rows - 2);
    const delta = STEPS[event.key] ?? (PAGES[event.key] ?? 0) * page;
    const isBox = event.target instanceof HTMLInputElement;
    if (delta !== 0) actions.stepParticle(delta);
    else if (event.key === 'Enter' && current !== null) explain(current);
    else if (event.key === ' ' && current !== null && !isBox)
      actions.selectParticle(current, !isSelected(state, current));
    else return;
    event.preventDefault();
  };
  const sortBy = (order: ParticleOrder) =>
    actions.filterParticles({
      order,
      descending:
        filter.order === order ? !filter.descending : order !== 'row' && order !== 'class',
    });
  const shift = height === listed.length * ROW ? from * ROW : Math.max(0, top - BEYOND * ROW);
  const rest = Math.max(0, height - shift - seen.length * ROW);
  const head = (order: ParticleOrder, label: string, hint: string) => (
    <button
      type="button"
      className={styles.sort}
      title={`${hint}; sorts by it`}
      aria-pressed={filter.order === order}
      onClick={() => sortBy(order)}
    >
      {label}
      <span aria-hidden="true">
        {filter.order === order ? (filter.descending ? ' ▾' : ' ▴') : ''}
      </span>
    </button>
  );

  return (
    <section
      ref={stage}
      className={styles.stage}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: its keys go through the rows
      tabIndex={0}
      aria-label="Particles; arrows go through them, Enter explains, Space selects"
      onScroll={(event) => setTop(event.currentTarget.scrollTop)}
      onKeyDown={onKeyDown}
    >
      <table className={styles.table} aria-label="Particles" aria-rowcount={listed.length + 1}>
        <thead>
          <tr>
            <td className={styles.box} />
            <th className={styles.picture}>{head('row', 'Row', 'Place in the list')}</th>
            <th>{head('class', 'Class', "The network's class, or the list's")}</th>
            {columns.map(({ order, label, hint }) => (
              <th key={order} className={styles.number}>
                {head(order, label, hint)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {shift > 0 && <tr style={{ height: shift }} />}
          {seen.map((k, i) => (
            <tr
              key={k}
              aria-rowindex={from + i + 2}
              aria-current={k === current}
              className={styles.row}
              onClick={() => actions.goToParticle(k)}
              onDoubleClick={() => explain(k)}
            >
              <td>
                <input
                  type="checkbox"
                  tabIndex={-1}
                  aria-label={`Select row ${state.placed!.index[k] + 1}`}
                  checked={isSelected(state, k)}
                  onClick={(event) => event.stopPropagation()}
                  onChange={(event) => actions.selectParticle(k, event.currentTarget.checked)}
                />
              </td>
              <td>
                <Thumbnail data={pictures.of(k)} side={pictures.side} grey={pictures.grey} />
              </td>
              <td>
                <ClassCell state={state} k={k} />
              </td>
              {columns.map(({ order, text }) => (
                <td key={order} className={styles.number}>
                  {text(state, k)}
                </td>
              ))}
            </tr>
          ))}
          {rest > 0 && <tr style={{ height: rest }} />}
        </tbody>
      </table>
      {listed.length === 0 && state.placed!.insideCount > 0 && (
        <div className={styles.none}>
          <p>The filter lets no particle through.</p>
          <Button onClick={() => actions.filterParticles(EVERYTHING)}>List all</Button>
        </div>
      )}
    </section>
  );
}

function ClassCell({ state, k }: { readonly state: ParticlesState; readonly k: number }) {
  const refused = state.scores?.predicted[k] === -2;
  const name = classNameOf(state, k);
  const right = judge(state)(k);
  return (
    <div className={styles.name}>
      <span className={styles.className} title={name ?? undefined}>
        {refused ? 'no answer' : (name ?? 'no class')}
      </span>
      <span className="small">
        <i
          className={styles.ring}
          style={{ borderColor: `rgb(${particleColor(state, k).join(' ')})` }}
        />
        row {(state.placed!.index[k] + 1).toLocaleString('en')}
        {right !== null && (
          <span className={right ? styles.right : styles.wrong}>
            {right ? ' · true' : ' · false'}
          </span>
        )}
      </span>
    </div>
  );
}
