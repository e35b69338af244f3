import { useState } from 'react';
import { useStore } from 'zustand';
import {
  InputHead,
  LevelNote,
  MapHead,
  MapStatus,
  METHOD_NAMES,
  WhereLine,
} from '../../../panels/index.ts';
import { LinkedViews } from '../../../scene/index.ts';
import { type ColumnId, displayStore, explainStore, shownIn } from '../../../state/index.ts';
import { ToggleGroup } from '../../../ui/ToggleGroup.tsx';
import { useMedia } from '../../../ui/useMedia.ts';
import { ONE_COLUMN } from '../../breakpoints.ts';
import { shownScene } from '../../picture/shownScene.ts';
import { ColumnScene } from './ColumnScene.tsx';
import { ColumnSlices } from './ColumnSlices.tsx';
import { classes } from '../../../ui/classes.ts';
import styles from './Columns.module.css';

/** What is compared, side by side: the input and the heatmaps of two methods. One at a time on a phone. */
export function Columns() {
  const [left, right] = useStore(explainStore, (state) => state.methods);
  const columns: readonly (readonly [ColumnId, string])[] = [
    ['input', 'Input'],
    ['left', METHOD_NAMES[left]],
    ['right', METHOD_NAMES[right]],
  ];
  const single = useMedia(ONE_COLUMN);
  const [chosen, setChosen] = useState<ColumnId>('right');
  return (
    <LinkedViews ref={shownScene} className={styles.views}>
      {single && (
        <div className={styles.columnTabs}>
          <ToggleGroup<ColumnId>
            label="Column shown"
            value={chosen}
            onChange={setChosen}
            choices={columns.map(([value, label]) => ({ value, label }))}
          />
        </div>
      )}
      <div className={styles.columns}>
        {columns
          .filter(([id]) => !single || id === chosen)
          .map(([id, title]) => (
            <Column key={id} id={id} title={title} />
          ))}
        <div className={styles.mapStatus}>
          <MapStatus />
        </div>
      </div>
    </LinkedViews>
  );
}

function Column({ id, title }: { readonly id: ColumnId; readonly title: string }) {
  const explained = useStore(displayStore, (display) => display.right !== null);
  const stale = useStore(displayStore, (display) => display.stale);
  const flat = useStore(displayStore, ({ volume }) => volume?.shape[0] === 1);
  const volume = useStore(displayStore, (display) => display.volume);
  const map = useStore(displayStore, (display) => shownIn(id, display));
  const shown = id === 'input' || explained;
  const look = id !== 'input' && stale ? 'is-stale' : '';
  return (
    <section className={classes(styles.column, flat && styles.flat)} aria-label={title}>
      <header>
        {id === 'input' ? <InputHead /> : <MapHead side={id} />}
        {volume && shown && <WhereLine volume={volume} shown={map} title={title} />}
      </header>
      <div className={classes(styles.columnScene, look)}>
        {shown && !flat && <ColumnScene column={id} label={`${title} in 3D`} />}
        {id !== 'input' && <LevelNote side={id} />}
      </div>
      <div className={classes(styles.columnSlices, look)}>
        {shown && <ColumnSlices column={id} title={title} />}
      </div>
    </section>
  );
}
