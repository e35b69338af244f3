/** A number as people read it: with a true minus sign, and without one where it was rounded to zero. */
export function withMinus(text: string): string {
  return Number(text) === 0 ? text.replace('-', '') : text.replaceAll('-', '−');
}
