import { AppError } from '../../core/errors.ts';
import { download } from '../../ui/download.ts';
import { INITIAL_PICTURE, PICTURE_FORMATS, type PictureOptions, pictureStore } from './options.ts';
import { pageStyle, type PictureStyle } from './pen.ts';
import { type PictureContent, pictureOfPage } from './pictureContent.ts';
import { isDrawn, renderView } from './shownScene.ts';

export { GROUNDS, PICTURE_FORMATS, PICTURE_PARTS, pictureStore } from './options.ts';

const UNSEEN = { width: 400, height: 360 };

/** Size of a 3D view on the page, CSS pixels; no height where there is none. */
export function sceneSize(content: PictureContent): { width: number; height: number } {
  if (content.columns[0].slices.density.shape[0] === 1) return { ...UNSEEN, height: 0 };
  const box = document
    .querySelector('#views [aria-roledescription="3D view"]')
    ?.getBoundingClientRect();
  return box && box.width > 0 && box.height > 0 ? box : UNSEEN;
}

/** Dark on white, or on nothing. */
const PRINT = { text: '#1c1d20' } as const;

function styleOf({ ground }: PictureOptions): PictureStyle {
  const page = pageStyle();
  if (ground === 'page') return page;
  return { ...page, ...PRINT, ground: ground === 'white' ? '#ffffff' : null };
}

/** The comparison as a picture, with a name for its file; null while there is none. */
export async function takePicture(
  options: PictureOptions = pictureStore.getState(),
  { preview = false } = {},
): Promise<{ name: string; blob: Blob } | null> {
  const content = pictureOfPage();
  if (!content) return null;
  const [{ composePicture }, { sessionChunk }] = await Promise.all([
    import('./compose.ts'),
    import('../session/picture.ts'),
  ]);
  const carries = options.format === 'png' && !preview;
  const blob = await composePicture(content, options, {
    scene: sceneSize(content),
    style: styleOf(options),
    renderView,
    isDrawn,
    chunks: carries ? [await sessionChunk()] : [],
  });
  return { name: `${content.name}${PICTURE_FORMATS[options.format].ending}`, blob };
}

/** Saves the comparison as chosen; does nothing while nothing is explained. */
export async function savePicture(options?: PictureOptions): Promise<void> {
  const picture = await takePicture(options);
  if (picture) download(picture.name, picture.blob);
}

/**
 * Copies the comparison to the clipboard as chosen, as pixels. Call it from a user's gesture.
 * @throws AppError `unsupported` when the browser does not let a page copy pictures
 */
export async function copyPicture(options: PictureOptions = INITIAL_PICTURE): Promise<void> {
  // The promise goes in as it is: some browsers allow copying only within the gesture itself.
  const png = takePicture({ ...options, format: 'png' }, { preview: true }).then(
    (picture) => picture?.blob ?? new Blob(),
  );
  try {
    await navigator.clipboard.write([new ClipboardItem({ 'image/png': png })]);
  } catch (cause) {
    await png; // What went wrong with the picture itself is the better message.
    throw new AppError(
      'unsupported',
      'This browser does not let the page copy a picture; save it instead.',
      { cause },
    );
  }
}
