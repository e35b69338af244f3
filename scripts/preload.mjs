/** The chunk that draws the page. */
const EARLY = 'render';

/**
 * Vite plugin: lets the page fetch what draws it, with its styles, while the entry runs that imports it.
 * @returns {import('vite').Plugin}
 */
export function preload() {
  return {
    name: 'preload',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler: (_html, { bundle = {} }) => {
        const chunk = Object.values(bundle).find(({ name }) => name === EARLY);
        if (chunk?.type !== 'chunk') throw new Error(`The build has no chunk ${EARLY}.`);
        const styles = [...(chunk.viteMetadata?.importedCss ?? [])];
        return [
          link({ rel: 'modulepreload', crossorigin: true, href: `./${chunk.fileName}` }),
          ...styles.map((file) =>
            link({ rel: 'preload', as: 'style', crossorigin: true, href: `./${file}` }),
          ),
        ];
      },
    },
  };
}

/**
 * @param {Record<string, string | true>} attrs
 * @returns {import('vite').HtmlTagDescriptor}
 */
function link(attrs) {
  return { tag: 'link', attrs, injectTo: 'head' };
}
