import { useStore } from 'zustand';
import { labelColor } from '../../core/color/index.ts';
import { actions, labelName, segmentationStore } from '../../state/index.ts';
import { Button } from '../../ui/Button.tsx';
import { DownloadIcon } from '../../ui/icons.tsx';
import { SEGMENTATION_EXPORTS, saveSegmentation } from './segmentationExports.ts';
import { sizeText } from './words.ts';
import styles from './segmentation.module.css';

/** The classes with their colours; each can be left out of the views. */
export function ClassLegend() {
  const result = useStore(segmentationStore, (state) => state.result);
  const hidden = useStore(segmentationStore, (state) => state.hidden);
  if (!result) return null;
  const { channels, components, shared } = result.found;
  const labels = channels.map((_, i) => i + 1);
  return (
    <section className="panel-section" aria-labelledby="class-legend">
      <h2 id="class-legend">Classes</h2>
      <ul className={styles.legend}>
        {labels.map((label) => {
          const own = components.list.filter((part) => part.label === label);
          const voxels = own.reduce((sum, part) => sum + part.voxels, 0);
          const name = labelName(result, label);
          return (
            <li key={label}>
              <label className={styles.legendRow} title={`Show ${name}`}>
                <input
                  type="checkbox"
                  checked={!hidden.includes(label)}
                  disabled={own.length === 0}
                  onChange={(event) => actions.showLabel(label, event.currentTarget.checked)}
                />
                <Swatch label={label} />
                <span className={styles.legendName}>{name}</span>
                <span className={styles.legendCount}>
                  {own.length === 0
                    ? 'none'
                    : `${own.length.toLocaleString('en')} · ${sizeText(result, voxels)}`}
                </span>
              </label>
            </li>
          );
        })}
      </ul>
      <div className="button-row">
        {SEGMENTATION_EXPORTS.map((row) => (
          <Button key={row.label} title={`Save ${row.hint}`} onClick={() => saveSegmentation(row)}>
            <DownloadIcon />
            {row.label}
          </Button>
        ))}
      </div>
      {shared > 0 && (
        <p className="small">
          {shared.toLocaleString('en')} voxels belong to more than one class; slices show the most
          probable.
        </p>
      )}
    </section>
  );
}

export function Swatch({ label }: { readonly label: number }) {
  return (
    <span
      className={styles.swatch}
      style={{ background: `rgb(${labelColor(label).join(' ')})` }}
      aria-hidden="true"
    />
  );
}
