/** What tests and the site ask of a page in Markdown. */

/** A fenced block, or code within a line: nothing in it is a link or a heading. */
const CODE = /^( *)(```+|~~~+)[^\n]*\n[\s\S]*?^\1\2 *$|`[^`\n]*`/gm;

/**
 * The page with other targets of its links and pictures.
 * @param {string} text
 * @param {(target: string) => string} to gets what stands in the brackets
 * @returns {string}
 */
export function mapLinks(text, to) {
  const code = [...text.matchAll(CODE)].map((match) => [
    match.index,
    match.index + match[0].length,
  ]);
  return text.replace(/(\]\()([^()\s]+)(\))/g, (all, before, target, after, at) =>
    code.some(([from, end]) => at >= from && at < end) ? all : before + to(target) + after,
  );
}

/**
 * @param {string} text
 * @returns {string[]}
 */
export function linksOf(text) {
  /** @type {string[]} */
  const links = [];
  mapLinks(text, (target) => {
    links.push(target);
    return target;
  });
  return links;
}

/**
 * The anchor of a heading, as code hosts make it.
 * @param {string} heading as text, without marks
 * @returns {string}
 */
export function slug(heading) {
  const kept = heading
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '');
  return kept.replace(/\s/g, '-');
}

/**
 * Every place in the page that a link can name.
 * @param {string} text
 * @returns {Set<string>}
 */
export function anchorsOf(text) {
  const plain = text.replace(/^( *)```[\s\S]*?^\1```$/gm, '');
  const headings = [...plain.matchAll(/^#{1,6} (.+)$/gm)].map(([, words]) =>
    slug(words.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').replace(/[`*]/g, '')),
  );
  const named = [...plain.matchAll(/<a id="([^"]+)"/g)].map(([, id]) => id);
  return new Set([...headings, ...named]);
}
