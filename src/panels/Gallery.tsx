import { useState } from 'react';
import { useStore } from 'zustand';
import { bundledSnr, snrSentence } from '../core/simulate/index.ts';
import { actions, currentVolume, volumesStore } from '../state/index.ts';
import { ToggleGroup } from '../ui/ToggleGroup.tsx';
import { classes } from '../ui/classes.ts';
import { Explained } from './Explained.tsx';
import styles from './Gallery.module.css';

/** The bundled samples: one row per class, noise-free or noisy. */
export function Gallery() {
  const gallery = useStore(volumesStore, (state) => state.gallery);
  const shown = useStore(volumesStore, (state) => currentVolume(state)?.sample);
  const levels = [...new Set(gallery.map(({ snr }) => String(snr)))];
  const [wanted, setWanted] = useState<string | null>(null);
  if (gallery.length === 0) return null;
  const snr = wanted ?? (shown ? String(shown.snr) : levels[0]);
  const change = (next: string) => {
    setWanted(next);
    const twin = gallery.find(
      (one) => String(one.snr) === next && one.className === shown?.className,
    );
    if (twin) void actions.chooseSample(twin.id);
  };
  return (
    <section className="panel-section" aria-label="Gallery">
      <div className="section-head">
        <h3>
          <Explained topic="snr">Simulated samples</Explained>
        </h3>
        {levels.length > 1 && (
          <ToggleGroup
            label="Noise of the samples"
            value={snr}
            onChange={change}
            choices={levels.map((level) => ({
              value: level,
              label: level === 'inf' ? 'No noise' : `SNR ${level}`,
              hint: snrSentence(bundledSnr(level === 'inf' ? level : Number(level))),
            }))}
          />
        )}
      </div>
      <ul className={classes('list', styles.list)}>
        {gallery
          .filter((one) => String(one.snr) === snr)
          .map((one) => (
            <li key={one.id}>
              <button
                type="button"
                className="row"
                aria-current={one.id === shown?.id}
                title={one.title}
                onClick={() => void actions.chooseSample(one.id)}
              >
                <span className="row-name">{one.className}</span>
              </button>
            </li>
          ))}
      </ul>
    </section>
  );
}
