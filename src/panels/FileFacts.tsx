import { useStore } from 'zustand';
import { formatValue } from '../core/color/index.ts';
import { boxSize, formatLabel } from '../core/volume/index.ts';
import {
  displayStore,
  isPicture,
  nanometres,
  ownGrid,
  size,
  type VolumeItem,
  viewStore,
} from '../state/index.ts';
import { Histogram } from '../ui/Histogram.tsx';
import { InputLevelControl } from './InputLevelControl.tsx';
import { ReadingForm } from './ReadingForm.tsx';
import styles from './FileFacts.module.css';

/** Header facts, findings and the distribution of one file. */
export function FileFacts({ item }: { readonly item: VolumeItem }) {
  const unit = useStore(viewStore, (state) => state.lengthUnit);
  const { report, stats } = item;
  const grid = ownGrid(item);
  const length = (angstrom: number) =>
    unit === 'nm' ? nanometres(angstrom) : `${formatValue(angstrom)} Å`;
  const even = (lengths: readonly number[]) =>
    lengths.every((one) => Math.abs(one - lengths[0]) < 1e-4 * lengths[0])
      ? length(lengths[0])
      : lengths.map(length).join(' × ');
  const rows: [string, string][] = [
    ['Size', `${size(grid.shape)} ${grid.shape[0] === 1 ? 'pixels' : 'voxels'}`],
    ...(isPicture(item)
      ? []
      : grid.voxelSizeKnown
        ? ([
            ['Voxel', even(grid.voxelSize)],
            ['Extent', even(boxSize(grid))],
          ] satisfies [string, string][])
        : ([['Voxel', 'size not known']] satisfies [string, string][])),
    ['Stored as', `${formatLabel(report.format)}, ${report.valueType}`],
    ['Range', `${formatValue(stats.min)} to ${formatValue(stats.max)}`],
    ['Mean ± σ', `${formatValue(stats.mean)} ± ${formatValue(stats.std)}`],
  ];
  if (grid.voxelSizeKnown && grid.origin.some((o) => o !== 0)) {
    rows.splice(3, 0, ['Origin', grid.origin.map(length).join(', ')]);
  }
  return (
    <section className="panel-section" aria-label="Facts of this volume">
      <h3 className="file-name" title={item.name}>
        {item.name}
      </h3>
      <dl className={styles.facts}>
        {rows.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <Findings findings={report.findings} />
      {!isPicture(item) && <ReadingForm item={item} />}
      <Distribution item={item} />
      {!isPicture(item) && <InputLevelControl />}
    </section>
  );
}

const FINDINGS = {
  info: 'finding',
  warning: 'finding finding-warning',
  error: 'finding finding-error',
} as const;

function Findings({ findings }: { readonly findings: VolumeItem['report']['findings'] }) {
  if (findings.length === 0) return null;
  return (
    <ul className="findings">
      {findings.map(({ code, severity, message }) => (
        <li key={code} className={FINDINGS[severity]}>
          {message}
        </li>
      ))}
    </ul>
  );
}

function Distribution({ item }: { readonly item: VolumeItem }) {
  const iso = useStore(displayStore, (display) => display.inputIso);
  const { histogram, min, max } = item.stats;
  const markers = iso === null || isPicture(item) ? [] : [{ value: iso, label: 'Surface' }];
  return (
    <Histogram
      label={`Distribution of the values of ${item.name}, logarithmic counts`}
      counts={histogram}
      min={min}
      max={max}
      markers={markers}
    />
  );
}
