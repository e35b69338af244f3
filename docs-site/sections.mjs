/**
 * The groups of the first page: each heading with the links below it.
 * @param {string} text of `docs/README.md`
 * @returns {{ text: string, items: { text: string, link: string }[] }[]}
 */
export function sectionsOf(text) {
  return text
    .split(/^## /m)
    .slice(1)
    .map((part) => ({
      text: part.split('\n')[0],
      items: [...part.matchAll(/^- \[([^\]]+)\]\(([^)]+)\)/gm)].map(([, words, link]) => ({
        text: words,
        link,
      })),
    }));
}
