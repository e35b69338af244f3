import type { ReactNode } from 'react';
import { useStore } from 'zustand';
import { actions, basisOf, displayStore, type ShownMap, viewStore } from '../state/index.ts';
import { NumbersField } from '../ui/NumbersField.tsx';
import { ToggleGroup } from '../ui/ToggleGroup.tsx';
import { classes } from '../ui/classes.ts';
import styles from './LevelsBar.module.css';
import { LevelMarks, MAX_LEVELS } from './LevelMarks.tsx';
import { CompareMenu } from './CompareMenu.tsx';
import { ViewMenu } from './ViewMenu.tsx';
import { ViewToggle } from './ViewToggle.tsx';
import { columnNames } from './columnNames.ts';
import { GLOSSARY } from './glossary.ts';

/** Colour bars that fit beside each other. */
const MOST_SCALES = 3;

interface LevelsBarProps {
  /** Draws the colour scale of a map; with a title, where others have another one. */
  readonly colorBar: (shown: ShownMap, title?: string) => ReactNode;
}

/** Levels, sign, colours and mix: everything that both heatmaps share. */
export function LevelsBar({ colorBar }: LevelsBarProps) {
  const { columns, scales: all } = useStore(displayStore);
  const maximised = useStore(viewStore, (view) => view.maximised);
  const large = all.filter((group) => group.some(({ id }) => id === maximised));
  const scales = large.length > 0 ? large : all;
  const names = columnNames(columns);
  const own = useStore(viewStore, (view) => view.scaleMode === 'own');
  return (
    <section className={styles.bar} id="levels" aria-label="Levels and colours" tabIndex={-1}>
      <LevelsControl />
      <div className={styles.colors}>
        {scales.length > MOST_SCALES ? (
          <p className={classes('small', styles.apart)}>
            {own
              ? 'Each panel has its own scale.'
              : `${scales.length} scales: values of different layers or networks cannot be compared.`}
          </p>
        ) : (
          scales.map((group) => {
            const [{ id, shown }] = group;
            const whose = group.map((column) => names.get(column.id)).join(', ');
            const title = scales.length > 1 ? whose : undefined;
            return (
              <div key={id} className={styles.scale}>
                {colorBar(shown, title)}
                <LevelMarks basis={basisOf(group)} title={title} />
              </div>
            );
          })
        )}
      </div>
      <div className={styles.looks}>
        <ViewToggle choice="sign" />
        <ViewToggle choice="scaleMode" />
        <ViewToggle choice="sliceMix" />
        <CompareMenu />
        <ViewMenu />
      </div>
    </section>
  );
}

function LevelsControl() {
  const { unit, values } = useStore(viewStore, (state) => state.levels);
  const none = useStore(displayStore, (display) => display.scales.length === 0);
  const sorted = [...values].sort((a, b) => a - b);
  return (
    <div className={styles.levels}>
      <span className="label">Contours at</span>
      <NumbersField
        label="Contour levels, magnitudes"
        className={styles.field}
        values={sorted}
        limit={MAX_LEVELS}
        onCommit={(next) => actions.setLevels({ unit, values: next.map(Math.abs) })}
      />
      <ToggleGroup
        label="Unit of the levels"
        value={unit}
        disabled={none}
        onChange={actions.setLevelUnit}
        choices={[
          { value: 'percent', label: '% max', hint: GLOSSARY.percent },
          { value: 'sigma', label: 'σ', hint: GLOSSARY.sigma },
          { value: 'absolute', label: 'raw', hint: GLOSSARY.absolute },
          { value: 'mass', label: '% mass', hint: GLOSSARY.mass },
        ]}
      />
    </div>
  );
}
