import { actions } from '../state/index.ts';
import { ToggleGroup } from '../ui/ToggleGroup.tsx';
import { classes } from '../ui/classes.ts';
import { Explained } from './Explained.tsx';
import styles from './Gallery.module.css';
import { useSamples } from './useSamples.ts';

/** The bundled samples: one row per class, noise-free or noisy. */
export function Gallery() {
  const { samples, shown, snr, levels, choose } = useSamples();
  if (samples.length === 0) return null;
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
            onChange={choose}
            choices={levels.map(({ value, hint }) => ({
              ...{ value, hint },
              label: value === 'inf' ? 'No noise' : `SNR ${value}`,
            }))}
          />
        )}
      </div>
      <ul className={classes('list', styles.list)}>
        {samples.map((one) => (
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
