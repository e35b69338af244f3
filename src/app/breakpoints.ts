/** Widths at which the page changes its layout; the same numbers stand in `styles/narrow.css`. */
export const CLASSES_IN_DRAWER = '(max-width: 1099px)';
export const VOLUMES_IN_DRAWER = '(max-width: 899px)';
export const ONE_COLUMN = '(max-width: 719px)';
/** Room for the strip of layers below the views. */
export const STRIP_FITS = '(min-height: 800px), (max-width: 719px)';
/** The page scrolls as a whole. */
export const SCROLLING = '(max-width: 719px), (max-height: 619px)';
