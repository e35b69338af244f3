import { useMemo, useRef, useState } from 'react';
import { useStore } from 'zustand';
import {
  AgreementLine,
  columnNames,
  columnTitle,
  InputHead,
  LevelNote,
  MapHead,
  MapStatus,
  PanelStatus,
  useDropSide,
  WhereLine,
} from '../../../panels/index.ts';
import { LinkedViews } from '../../../scene/index.ts';
import {
  type Column as ColumnOf,
  displayStore,
  INPUT_COLUMN,
  viewStore,
  currentVolume,
  volumesStore,
} from '../../../state/index.ts';
import { ToggleGroup } from '../../../ui/ToggleGroup.tsx';
import { useChosenInSight } from '../../../ui/keepInSight.ts';
import { useMedia } from '../../../ui/useMedia.ts';
import { ONE_COLUMN } from '../../breakpoints.ts';
import { shownScene } from '../../picture/shownScene.ts';
import { exportsOf } from '../../share/columnExports.ts';
import { ColumnScene } from './ColumnScene.tsx';
import { ColumnSlices } from './ColumnSlices.tsx';
import { classes } from '../../../ui/classes.ts';
import styles from './Columns.module.css';

/** More than these, the input among them, stand in two rows. */
const IN_A_ROW = 4;

/** What is compared, side by side: the input and the panels. One at a time on a phone. */
export function Columns() {
  const all = useStore(displayStore, (display) => display.columns);
  const maximised = useStore(viewStore, (view) => view.maximised);
  const large = all.find(({ id }) => id === maximised);
  const columns = large ? [all[0], large] : all;
  const names = useMemo(() => columnNames(all), [all]);
  const single = useMedia(ONE_COLUMN);
  const [asked, setAsked] = useState<string | null>(null);
  const chosen = columns.find(({ id }) => id === asked) ?? columns.at(-1)!;
  const tabs = useRef<HTMLDivElement>(null);
  useChosenInSight(tabs, chosen.id, columns.length, single);
  const tiled = !single && columns.length > IN_A_ROW;
  // The input stands at the left of both rows.
  const across = tiled ? 1 + Math.ceil((columns.length - 1) / 2) : columns.length;
  const count = single ? 1 : across;
  const beside = large !== undefined && !single;
  const widths = beside ? 'minmax(0, 1fr) minmax(0, 2fr)' : `repeat(${count}, minmax(0, 1fr))`;
  return (
    <LinkedViews ref={shownScene} className={styles.views}>
      {single && (
        <div ref={tabs} className={styles.columnTabs}>
          <ToggleGroup
            label="Column shown"
            value={chosen.id}
            onChange={setAsked}
            choices={columns.map(({ id }) => ({ value: id, label: names.get(id)! }))}
          />
        </div>
      )}
      <div
        className={classes(styles.columns, tiled && styles.tiled, beside && styles.large)}
        style={{ gridTemplateColumns: widths }}
      >
        {columns
          .filter((column) => !single || column === chosen)
          .map((column) => (
            <Column key={column.id} column={column} name={names.get(column.id)!} tiled={tiled} />
          ))}
        <div
          className={styles.mapStatus}
          style={single ? undefined : { left: `${100 / (beside ? 3 : count)}%` }}
        >
          <MapStatus />
        </div>
      </div>
    </LinkedViews>
  );
}

interface ColumnProps {
  readonly column: ColumnOf;
  /** For assistive technology. */
  readonly name: string;
  /** One of many in two rows: without slices but for the input's. */
  readonly tiled: boolean;
}

function Column({ column, name, tiled }: ColumnProps) {
  const { id, panel, volume, shown, stale } = column;
  const title = columnTitle(column);
  const drop = useDropSide(id);
  const isInput = id === INPUT_COLUMN;
  const flat = volume?.shape[0] === 1;
  // Behind each other, images would look like a volume.
  const images = useStore(
    volumesStore,
    (state) => !flat && currentVolume(state)?.report.kind === 'image-stack',
  );
  const drawn = isInput || shown !== null;
  const look = stale ? 'is-stale' : '';
  return (
    <section
      className={classes(
        styles.column,
        flat && styles.flat,
        drop === 'before' && styles.before,
        drop === 'after' && styles.after,
      )}
      aria-label={name}
      data-panel={panel?.id}
    >
      <header>
        {isInput ? <InputHead /> : <MapHead {...{ column, name }} exports={exportsOf(column)} />}
        <div className={look}>
          {panel?.shows === 'difference' ? (
            <AgreementLine panel={panel} />
          ) : (
            volume &&
            drawn &&
            !images && <WhereLine id={id} volume={volume} shown={shown} title={title} />
          )}
        </div>
      </header>
      <div className={classes(styles.columnScene, look)}>
        {drawn && !flat && !images && <ColumnScene column={column} label={`${name} in 3D`} />}
        <LevelNote column={column} />
        {column.own && <PanelStatus column={column} />}
      </div>
      {(!tiled || flat || isInput) && (
        <div className={classes(styles.columnSlices, look)}>
          {drawn && <ColumnSlices column={column} title={title} />}
        </div>
      )}
    </section>
  );
}
