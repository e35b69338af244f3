/** The known word that `word` misspells, if there is one: other case or separators, or a slip or two. */
export function closest(word: string, known: readonly string[]): string | undefined {
  if (word.length > 40) return undefined;
  const bare = (text: string) => text.toLowerCase().replace(/[^a-z0-9]/g, '');
  const wanted = bare(word);
  const slips = (other: string) => (Math.min(wanted.length, other.length) > 5 ? 2 : 1);
  return known.find((other) => distance(wanted, bare(other)) <= slips(bare(other)));
}

/** Levenshtein's distance. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const swap = row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(swap, row[j] + 1, next[j - 1] + 1));
    }
    row = next;
  }
  return row[b.length];
}
