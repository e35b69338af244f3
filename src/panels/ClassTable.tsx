import { type KeyboardEvent, useMemo, useRef, useState } from 'react';
import { useStore } from 'zustand';
import type { CamMethod } from '../core/cam/types.ts';
import { headerPanels, type Panel } from '../core/session/index.ts';
import { actions, explainStore, shownClass, shownResult } from '../state/index.ts';
import { classes as classNames } from '../ui/classes.ts';
import { SearchField } from '../ui/SearchField.tsx';
import { Tooltip } from '../ui/Tooltip.tsx';
import { type ClassRow, classRows, rowAxis, type SortKey, sortRows } from './classRows.ts';
import { withoutId } from './classNames.ts';
import { aligned, probability } from './numbers.ts';
import { GLOSSARY, METHOD_NAMES, SHORT_NAMES } from './glossary.ts';
import styles from './ClassTable.module.css';

/** Columns of sums that fit beside name, score and probability. */
const MOST_SUMS = 2;

/** The methods whose sums are listed: the first ones of the panels on what the header asks. */
const tableMethods = (panels: readonly Panel[]): CamMethod[] =>
  [...new Set(headerPanels(panels).map(({ method }) => method))].slice(0, MOST_SUMS);

/** Every class with its score and what each method's map sums to, as numbers and as bar and ticks; choosing one is instant. */
export function ClassTable() {
  const result = useStore(explainStore, shownResult);
  const panels = useStore(explainStore, (state) => state.panels);
  const methods = useMemo(() => tableMethods(panels), [panels]);
  const chosen = useStore(explainStore, shownClass);
  const classes = useStore(explainStore, (state) => state.answer?.model.classes);
  const [query, setQuery] = useState('');
  const [sort, setSort] = useState<SortKey>('score');
  const body = useRef<HTMLTableSectionElement>(null);
  const rows = useMemo(
    () => (result ? classRows(result, classes ?? [], methods) : []),
    [result, classes, methods],
  );
  const shown = useMemo(() => sortRows(rows, sort, query), [rows, sort, query]);
  const axis = useMemo(() => rowAxis(rows), [rows]);
  const choose = (row: ClassRow) => actions.chooseClass(row.predicted ? null : row.index);
  const onKeyDown = (event: KeyboardEvent) => {
    const at = shown.findIndex((row) => row.index === chosen);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: shown.length - 1 }[event.key];
    const next = to === undefined ? undefined : shown[to];
    if (!next) return;
    event.preventDefault();
    choose(next);
    body.current?.querySelector<HTMLElement>(`[data-class="${next.index}"]`)?.focus();
  };
  const head = (key: SortKey, label: string, hint: string) => (
    <th
      key={key}
      className={classNames(key === 'probability' && styles.odds)}
      aria-sort={sort === key ? (key === 'name' ? 'ascending' : 'descending') : undefined}
    >
      <Tooltip text={hint} side="top">
        <button type="button" onClick={() => setSort(key)}>
          {label}
        </button>
      </Tooltip>
    </th>
  );
  const probable = Boolean(result?.probabilities);
  const column = aligned(rows.flatMap(({ score, sums }) => [score, ...sums]));
  const focusable = shown.some((row) => row.index === chosen) ? chosen : shown[0]?.index;
  return (
    <div className={styles.list}>
      <SearchField label="Search classes" value={query} onChange={setQuery} />
      <div className={styles.scroll}>
        <table className={styles.table} aria-label="Classes">
          <thead>
            <tr>
              {head('name', 'Class', 'Sort by name')}
              {head('score', 'Score', GLOSSARY.score)}
              {probable && head('probability', 'p', GLOSSARY.probability)}
              {methods.map((method, i) =>
                head(
                  i,
                  `Σ ${SHORT_NAMES[method]}`,
                  `Sum of the ${METHOD_NAMES[method]} map. ${GLOSSARY.sum}`,
                ),
              )}
            </tr>
          </thead>
          <tbody ref={body} onKeyDown={onKeyDown}>
            {shown.map((row) => (
              <tr
                key={row.index}
                className={classNames(
                  row.index === chosen && styles['is-chosen'],
                  row.predicted && styles['is-predicted'],
                )}
              >
                <td title={row.predicted ? `${row.name}: what the network says` : row.name}>
                  <button
                    type="button"
                    className={styles.pick}
                    data-class={row.index}
                    aria-pressed={row.index === chosen}
                    tabIndex={row.index === focusable ? 0 : -1}
                    onClick={() => choose(row)}
                  >
                    <span className={styles.name}>{withoutId(row.name)}</span>
                    {row.predicted && <span className="visually-hidden">, predicted</span>}
                  </button>
                  <Bar row={row} axis={axis} />
                </td>
                <td>{column(row.score)}</td>
                {probable && (
                  <td className={classNames(styles.odds, row.probability < 0.005 && 'faint')}>
                    {probability(row.probability)}
                  </td>
                )}
                {row.sums.map((sum, i) => (
                  <td key={methods[i]}>{Number.isNaN(sum) ? '–' : column(sum)}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
        {rows.length > 0 && shown.length === 0 && <p className="empty">No class matches.</p>}
      </div>
    </div>
  );
}

const percent = (share: number) => `${100 * share}%`;

/** Under the numbers of a row: its score as a bar from zero, and a tick for each map's sum. */
function Bar({ row, axis }: { readonly row: ClassRow; readonly axis: ReturnType<typeof rowAxis> }) {
  const { zero, at } = axis;
  const end = at(row.score);
  const bar = { left: percent(Math.min(zero, end)), width: percent(Math.abs(end - zero)) };
  return (
    <span className={styles.bar} aria-hidden="true">
      <span className={styles.zero} style={{ left: percent(zero) }} />
      <span className={styles.score} style={bar} />
      {row.sums.map(
        (sum, i) =>
          Number.isFinite(sum) && (
            <span
              // biome-ignore lint/suspicious/noArrayIndexKey: a sum is known by its place
              key={i}
              className={classNames(styles.tick, i < row.sums.length - 1 && styles.faint)}
              style={{ left: percent(at(sum)) }}
            />
          ),
      )}
    </span>
  );
}
