/** Names as a sentence lists them: the first three, and how many more there are. */
export const few = (names: readonly string[]): string =>
  names.slice(0, 3).join(', ') + (names.length > 3 ? ` and ${names.length - 3} more` : '');
