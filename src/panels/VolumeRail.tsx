import type { ReactNode } from 'react';
import { useStore } from 'zustand';
import { actions, currentVolume, volumesStore } from '../state/index.ts';
import { IconButton } from '../ui/Button.tsx';
import { CloseIcon, PanelIcon } from '../ui/icons.tsx';
import { moveFocus } from '../ui/roving.ts';
import { ToggleGroup } from '../ui/ToggleGroup.tsx';
import { Tooltip } from '../ui/Tooltip.tsx';
import { useSamples } from './useSamples.ts';
import styles from './VolumeRail.module.css';
import { SampleThumbnail, VolumeThumbnail } from './VolumeThumbnail.tsx';

interface VolumeRailProps {
  /** Opens files and facts. */
  onMore(): void;
  onHide(): void;
}

/** The volumes at hand as small pictures: those that were opened, then the samples. */
export function VolumeRail({ onMore, onHide }: VolumeRailProps) {
  const items = useStore(volumesStore, (state) => state.items);
  const current = useStore(volumesStore, currentVolume);
  const { samples, shown, snr, levels, choose } = useSamples();
  const own = items.filter((item) => !item.sample);
  // Without a current one the first is where the Tab key stops.
  const stop = current?.sample ? shown?.id : (current?.id ?? samples[0]?.id);
  return (
    <aside className={styles.rail} id="volumes" aria-label="Volumes" tabIndex={-1}>
      <div className={styles.tools}>
        <IconButton
          label="Files and facts"
          hint="The list of volumes, facts of the file and how it is read"
          icon={<PanelIcon />}
          onClick={onMore}
        />
        <IconButton label="Hide the volumes" icon={<CloseIcon />} onClick={onHide} />
      </div>
      {levels.length > 1 && (
        <div className={styles.noise}>
          <span aria-hidden="true">SNR</span>
          <ToggleGroup
            label="Noise of the samples"
            value={snr}
            wide
            onChange={choose}
            choices={levels.map(({ value, hint }) => ({
              ...{ value, hint },
              label: value === 'inf' ? '∞' : value,
            }))}
          />
        </div>
      )}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: its buttons are reached by arrows */}
      <div className={styles.list} onKeyDown={moveFocus}>
        {own.map((item) => (
          <Tile
            key={item.id}
            name={item.name}
            current={item.id === current?.id}
            stop={item.id === stop}
            onClick={() => actions.chooseVolume(item.id)}
          >
            <VolumeThumbnail item={item} />
          </Tile>
        ))}
        {own.length > 0 && samples.length > 0 && <hr />}
        {samples.map((sample) => (
          <Tile
            key={sample.id}
            name={sample.className}
            current={sample.id === shown?.id}
            stop={sample.id === stop}
            onClick={() => void actions.chooseSample(sample.id)}
          >
            <SampleThumbnail sample={sample} />
          </Tile>
        ))}
      </div>
    </aside>
  );
}

interface TileProps {
  readonly name: string;
  readonly current: boolean;
  /** Where the Tab key stops. */
  readonly stop: boolean;
  readonly children: ReactNode;
  onClick(): void;
}

function Tile({ name, current, stop, children, onClick }: TileProps) {
  return (
    <Tooltip text={name} side="right">
      <button
        type="button"
        className={styles.tile}
        aria-label={name}
        aria-current={current}
        tabIndex={stop ? 0 : -1}
        data-stop
        onClick={onClick}
      >
        {children}
      </button>
    </Tooltip>
  );
}
