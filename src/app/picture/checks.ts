import { remarksOf } from '../../panels/remarks.ts';
import { displayStore, networkStore, viewStore, volumesStore } from '../../state/index.ts';
import type { PictureOptions } from './options.ts';

/** Something to look at before a picture goes out. */
export interface PictureCheck {
  readonly fine: boolean;
  readonly text: string;
}

/** Resolution that journals ask of pictures made of pixels. */
const PRINT_DPI = 300;

/** What a reader would miss or be misled by, and what is fine, for the picture as chosen. */
export function pictureChecks({ parts, widthMm, dpi }: PictureOptions): PictureCheck[] {
  const display = displayStore.getState();
  const { camera } = viewStore.getState();
  const { volume, columns, scales } = display;
  const flat = volume?.shape[0] === 1;
  const perspective = camera.projection === 'perspective' && !flat;
  const remarks = remarksOf({
    volumes: volumesStore.getState(),
    network: networkStore.getState(),
    display,
  });
  const contrast = remarks.find(({ id }) => id === 'contrast');
  const stale = columns.some((column) => column.stale);
  const own = scales.length > 1;
  const checks: (PictureCheck | null)[] = [
    perspective
      ? { fine: false, text: 'No scale bar holds in perspective: use the parallel projection.' }
      : {
          fine: parts.scale,
          text: parts.scale
            ? 'The scale bars are in it.'
            : 'Without a scale bar nobody sees sizes.',
        },
    {
      fine: parts.colors,
      text: parts.colors
        ? own
          ? 'The colour bars are in it, one for each scale.'
          : 'The colour bar is in it, one for all maps.'
        : 'Without a colour bar nobody sees what the colours mean.',
    },
    volume && !volume.voxelSizeKnown && !flat
      ? { fine: false, text: 'The voxel size is not known: lengths are in voxels.' }
      : null,
    contrast
      ? { fine: false, text: contrast.text }
      : { fine: true, text: 'The contrast is what the network expects.' },
    stale ? { fine: false, text: 'Some maps are not yet those that are chosen.' } : null,
    dpi < PRINT_DPI
      ? {
          fine: false,
          text: `${dpi} dpi is coarse in print at ${widthMm} mm; ${PRINT_DPI} is usual.`,
        }
      : null,
  ];
  return checks.filter((check) => check !== null);
}
