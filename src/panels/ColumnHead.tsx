import { useStore } from 'zustand';
import { type CamMethod, sumsToScore, writtenSum } from '../core/cam/index.ts';
import { formatValue } from '../core/color/index.ts';
import { isMapPanel } from '../core/session/index.ts';
import {
  actions,
  type Column,
  currentVolume,
  displayStore,
  explainStore,
  isAveraged,
  isPicture,
  nanometres,
  networkStore,
  optionsOf,
  ownGrid,
  size,
  volumesStore,
} from '../state/index.ts';
import type { MenuItem } from '../ui/Menu.tsx';
import { Select } from '../ui/Select.tsx';
import { Chip } from '../ui/Chip.tsx';
import { classes } from '../ui/classes.ts';
import { type InputChange, inputChanges } from './inputChanges.ts';
import { Explained } from './Explained.tsx';
import { columnTitle, shortColumnTitle } from './columnTitle.ts';
import { OverrideChips, PanelMenu } from './PanelMenu.tsx';
import { PanelGrip } from './PanelGrip.tsx';
import styles from './ColumnHead.module.css';
import { methodGroups } from './methodGroups.ts';

export function InputHead() {
  const volumes = useStore(volumesStore);
  const item = currentVolume(volumes);
  const volume = useStore(displayStore, (display) => display.volume);
  const grid = useGrid();
  const done = item && !item.tile ? inputChanges(ownGrid(item), optionsOf(volumes), grid) : [];
  return (
    <div className={styles.columnHead}>
      <h2 className={styles.columnTitle}>Input</h2>
      {done.map((one) => (
        <ChangeChip key={one.text} done={one} />
      ))}
      {volume && item && done.length === 0 && (
        <span className={styles.columnDetail} title={item.name}>
          {item.volume.voxelSizeKnown
            ? `${nanometres(volume.voxelSize[0])} voxels`
            : isPicture(item)
              ? `${size(volume.shape)} pixels`
              : 'voxel size not known'}
        </span>
      )}
    </div>
  );
}

/** Something that the user did to this volume; a click takes it back. */
function ChangeChip({ done: { text, detail, undo } }: { readonly done: InputChange }) {
  const whole = `${text} ${detail}`.trim();
  return (
    <Chip
      className={styles.chip}
      label={`${whole}, take it back`}
      hint={`Before the network sees it, this volume is ${whole}. Click to take it back.`}
      onRemove={() => actions.setInputOptions(undo)}
    >
      {text} {detail && <span className={styles.chipDetail}>{detail}</span>}
    </Chip>
  );
}

/** The grid that the volume was brought onto; null while it is not. */
function useGrid() {
  const prepared = useStore(explainStore, (state) => state.prepared);
  const id = useStore(volumesStore, (state) => state.currentId);
  return prepared?.volumeId === id ? prepared.volume : null;
}

/** Whether the layer asked for is one that CAM is defined at. */
function useAveraged(): boolean {
  const model = useStore(networkStore, (state) => state.model);
  const { layer, aim } = useStore(explainStore);
  return model !== null && isAveraged(model, aim, layer ?? model.defaultLayer);
}

interface MapHeadProps {
  readonly column: Column;
  /** For assistive technology. */
  readonly name: string;
  /** What its map can be saved as. */
  readonly exports: readonly MenuItem[];
}

/** Title of a panel: its method, what it sums to, and what can be done with its map. */
export function MapHead({ column, name, exports }: MapHeadProps) {
  const { id, panel, shown, stale } = column;
  const groups = methodGroups(useAveraged());
  const place = useStore(displayStore, ({ columns }) => columns.findIndex((one) => one.id === id));
  const several = useStore(explainStore, ({ panels }) => panels.length > 1);
  const title = columnTitle(column);
  if (!panel) return null;
  const words = (
    <>
      <span className={styles.long}>{title}</span>
      <span className={styles.short}>{shortColumnTitle(column)}</span>
    </>
  );
  return (
    <div className={styles.columnHead}>
      {several && <PanelGrip id={id} title={name} />}
      <h2 className={classes(styles.columnTitle, !isMapPanel(panel) && styles.two)}>
        {isMapPanel(panel) ? (
          <Select
            className={styles.selectTitle}
            label={`Method of panel ${place}`}
            value={panel.method}
            onChange={(value) => actions.chooseMethod(id, value as CamMethod)}
            groups={groups}
            shown={words}
          />
        ) : (
          words
        )}
      </h2>
      {isMapPanel(panel) && Object.keys(panel.overrides).length > 0 && (
        <span className={styles.override}>
          <OverrideChips panel={panel} column={column} />
        </span>
      )}
      {shown && (sumsToScore(shown.method) || shown.minus) && (
        <span className={classes(styles.columnDetail, stale && 'is-stale')}>
          <Explained topic={shown.method}>Σ {formatValue(writtenSum(shown.map))}</Explained>
        </span>
      )}
      <PanelMenu {...{ column, name, exports }} />
    </div>
  );
}
