import { useMemo } from 'react';
import { useStore } from 'zustand';
import { mapPicture, type Palette, PALETTES } from '../../core/color/index.ts';
import { computeStats } from '../../core/volume/index.ts';
import { type ClassMean, particlesStore, viewStore } from '../../state/index.ts';
import { Picture } from '../../ui/Picture.tsx';
import { Thumbnail } from './Thumbnail.tsx';
import styles from './ClassMeans.module.css';

/** Of each class what the network sees, where it looks, and how much the maps differ: the middle slice of the means. */
export function ClassMeans() {
  const means = useStore(particlesStore, (state) => state.means);
  const palette = PALETTES[useStore(viewStore, (state) => state.palette)];
  if (!means) return null;
  const turned = means.some((one) => one.turned);
  return (
    <section
      className={`panel-section ${styles.means}`}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: keys scroll it
      tabIndex={0}
      aria-label="Means of the classes"
    >
      <table className={styles.table}>
        <caption className="small">
          Middle slices of the means, {turned ? 'turned by the angles of the list' : 'as they lie'},
          and Respond-CAM on the scale of each class
        </caption>
        <thead>
          <tr>
            <th>Class</th>
            <th>Input</th>
            <th>Map</th>
            <th title="Standard deviation between the maps, on the scale of the mean map">
              Spread
            </th>
          </tr>
        </thead>
        <tbody>
          {means.map((one) => (
            <MeanRow key={one.index} mean={one} palette={palette} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

function MeanRow({ mean, palette }: { readonly mean: ClassMean; readonly palette: Palette }) {
  const { name, count, input, map, spread } = mean;
  const [, side] = mean.grid.shape;
  const slice = middleOf(input, mean);
  const { mean: level, std } = computeStats(slice);
  const { min, max } = computeStats(map);
  const scale = Math.max(-min, max) || 1;
  return (
    <tr>
      <th scope="row">
        <span className={styles.name} title={name}>
          {name}
        </span>
        <span className="small">
          {count.toLocaleString('en')} {count === 1 ? 'particle' : 'particles'}
        </span>
      </th>
      <td>
        <Thumbnail data={slice} side={side} grey={[level - 3 * std, level + 3 * std]} />
      </td>
      <td>
        <MapThumbnail data={middleOf(map, mean)} {...{ side, scale, palette }} />
      </td>
      <td>
        <MapThumbnail data={middleOf(spread, mean)} {...{ side, scale, palette }} />
      </td>
    </tr>
  );
}

function middleOf(data: Float32Array, { grid: { shape } }: ClassMean): Float32Array {
  const [nz, ny, nx] = shape;
  const from = Math.floor(nz / 2) * ny * nx;
  return data.subarray(from, from + ny * nx);
}

interface MapThumbnailProps {
  readonly data: Float32Array;
  readonly side: number;
  /** Value of the ends of the palette. */
  readonly scale: number;
  readonly palette: Palette;
}

function MapThumbnail({ data, side, scale, palette }: MapThumbnailProps) {
  const picture = useMemo(
    () => mapPicture({ width: side, height: side, data }, scale, palette),
    [data, side, scale, palette],
  );
  return <Picture picture={picture} className={styles.map} />;
}
