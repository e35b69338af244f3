import { AppError } from '../../core/errors.ts';
import { download } from '../../ui/download.ts';
import { composePicture } from './compose.ts';
import { pictureOfPage } from './pictureContent.ts';
import { pageStyle } from './pen.ts';
import { renderView } from './shownScene.ts';

const SCALE = 2;
const UNSEEN = { width: 400, height: 360 };

/** The page's comparison as a PNG at 2x, with a name for its file; null while there is none. */
async function takePicture(): Promise<{ name: string; png: Blob } | null> {
  const content = pictureOfPage();
  if (!content) return null;
  const box = document
    .querySelector('#views [aria-roledescription="3D view"]')
    ?.getBoundingClientRect();
  const flat = content.columns[0].slices.density.shape[0] === 1;
  const png = await composePicture(content, {
    scene: flat ? { ...UNSEEN, height: 0 } : box && box.width > 0 && box.height > 0 ? box : UNSEEN,
    style: pageStyle(),
    scale: SCALE,
    renderView,
  });
  return { name: `${content.name}.png`, png };
}

/** Saves the comparison as seen; does nothing while nothing is explained. */
export async function savePicture(): Promise<void> {
  const picture = await takePicture();
  if (picture) download(picture.name, picture.png);
}

/**
 * Copies the comparison as seen to the clipboard. Call it from a user's gesture.
 * @throws AppError `unsupported` when the browser does not let a page copy pictures
 */
export async function copyPicture(): Promise<void> {
  // The promise goes in as it is: some browsers allow copying only within the gesture itself.
  const png = takePicture().then((picture) => picture?.png ?? new Blob());
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
