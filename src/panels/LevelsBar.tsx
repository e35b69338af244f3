import type { ReactNode } from 'react';
import { useStore } from 'zustand';
import { heatmapBasis, levelRange } from '../core/color/index.ts';
import { actions, displayStore, scaleOf, sharedScale, viewStore } from '../state/index.ts';
import { NumbersField } from '../ui/NumbersField.tsx';
import { Slider } from '../ui/Slider.tsx';
import { ToggleGroup } from '../ui/ToggleGroup.tsx';
import styles from './LevelsBar.module.css';
import { ViewMenu } from './ViewMenu.tsx';
import { ViewToggle } from './ViewToggle.tsx';
import { GLOSSARY, METHOD_NAMES } from './glossary.ts';

const MAX_LEVELS = 8;

interface LevelsBarProps {
  /** Draws the colour scale of one side; with a title, that of one map alone. */
  readonly colorBar: (side: 'left' | 'right', title?: string) => ReactNode;
}

/** Levels, sign, colours and mix: everything that both heatmaps share. */
export function LevelsBar({ colorBar }: LevelsBarProps) {
  const { left, right, scaleMode } = useStore(displayStore);
  const shared = scaleMode === 'shared';
  return (
    <section className={styles.bar} id="levels" aria-label="Levels and colours" tabIndex={-1}>
      <LevelsControl />
      <div className={styles.colors}>
        {left && !shared && (
          <div className={styles.scale}>{colorBar('left', METHOD_NAMES[left.method])}</div>
        )}
        {right && (
          <div className={styles.scale}>
            {colorBar('right', shared ? undefined : METHOD_NAMES[right.method])}
          </div>
        )}
      </div>
      <div className={styles.looks}>
        <ViewToggle choice="sign" />
        <ViewToggle choice="scaleMode" />
        <ViewToggle choice="sliceMix" />
        <ViewMenu />
      </div>
    </section>
  );
}

function LevelsControl() {
  const { unit, values } = useStore(viewStore, (state) => state.levels);
  const { left, right } = useStore(displayStore);
  const maps = [left, right].filter((map) => map !== null);
  const { limit, sigma } = sharedScale(maps.map(({ map }) => scaleOf(map.data)));
  const { max } = levelRange(unit, heatmapBasis(limit, sigma));
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
        disabled={maps.length === 0}
        onChange={actions.setLevelUnit}
        choices={[
          { value: 'percent', label: '% max', hint: GLOSSARY.percent },
          { value: 'sigma', label: 'σ', hint: GLOSSARY.sigma },
          { value: 'absolute', label: 'raw', hint: GLOSSARY.absolute },
        ]}
      />
      <Slider
        className={styles.slider}
        labels={sorted.map((_, i) => `Contour level ${i + 1}`)}
        values={sorted}
        min={0}
        max={max || 1}
        step={(max || 1) / 200}
        disabled={maps.length === 0}
        onChange={(next) =>
          actions.setLevels({ unit, values: next.map((v) => Number(v.toPrecision(4))) }, true)
        }
      />
    </div>
  );
}
