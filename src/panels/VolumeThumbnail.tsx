import { useMemo } from 'react';
import { useStore } from 'zustand';
import { thumbnailOf } from '../core/volume/index.ts';
import { type GallerySample, type VolumeItem, volumesStore } from '../state/index.ts';
import { classes } from '../ui/classes.ts';
import { Picture, type PictureData } from '../ui/Picture.tsx';
import styles from './VolumeThumbnail.module.css';

const EDGE = 56;

const known = new WeakMap<VolumeItem['volume'], PictureData>();

function pictureOf({ volume }: VolumeItem): PictureData {
  const picture = known.get(volume) ?? thumbnailOf(volume, EDGE);
  known.set(volume, picture);
  return picture;
}

/** A small picture of an opened volume. */
export function VolumeThumbnail({
  item,
  className,
}: {
  readonly item: VolumeItem;
  readonly className?: string;
}) {
  const picture = useMemo(() => pictureOf(item), [item]);
  return <Picture picture={picture} className={classes(styles.thumbnail, className)} />;
}

/** All samples under each other in one file, in the gallery's order. */
const SHEET = 'samples/thumbnails.png';

/** A small picture of a sample, which need not be opened. */
export function SampleThumbnail({ sample }: { readonly sample: GallerySample }) {
  const gallery = useStore(volumesStore, (state) => state.gallery);
  const at = gallery.indexOf(sample) / Math.max(1, gallery.length - 1);
  return (
    <span
      className={classes(styles.thumbnail, styles.sample)}
      style={{
        backgroundImage: `url(${SHEET})`,
        backgroundSize: `100% ${100 * gallery.length}%`,
        backgroundPosition: `0 ${100 * at}%`,
      }}
    />
  );
}
