/**
 * Response headers of every server that hands out the app (dev, preview, `serve`).
 *
 * Cross-origin isolation is what allows wasm threads (SharedArrayBuffer); the content security
 * policy names no foreign origin, so the page cannot send a volume anywhere.
 */
const POLICY = [
  "default-src 'self'",
  "script-src 'self' 'wasm-unsafe-eval' blob:",
  "worker-src 'self' blob:",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "connect-src 'self' blob: data:",
  "font-src 'self' data:",
  "object-src 'none'",
  "base-uri 'self'",
  "form-action 'none'",
  "frame-ancestors 'self'",
];

/** Means nothing in a page's own `<meta>`. */
const HEADER_ONLY = /^frame-ancestors/;

/**
 * Vite plugin: writes the content security policy into the page, for servers that send no headers and
 * copies from a cache.
 * @returns {import('vite').Plugin}
 */
export function pagePolicy() {
  const content = POLICY.filter((rule) => !HEADER_ONLY.test(rule)).join('; ');
  return {
    name: 'page-policy',
    apply: 'build',
    transformIndexHtml: () => [
      {
        tag: 'meta',
        attrs: { 'http-equiv': 'Content-Security-Policy', content },
        injectTo: 'head-prepend',
      },
    ],
  };
}

/**
 * @param {{ dev?: boolean, embedders?: readonly string[] }} [options] dev adds what Vite's hot reload needs on this
 *   origin; embedders are the origins of pages that may embed the app
 */
export function securityHeaders({ dev = false, embedders = [] } = {}) {
  const own = POLICY.map((rule) =>
    HEADER_ONLY.test(rule) ? [rule, ...embedders].join(' ') : rule,
  );
  const policy = dev
    ? own.map((rule) =>
        rule.startsWith('script-src')
          ? `${rule} 'unsafe-inline'`
          : rule.startsWith('connect-src')
            ? `${rule} ws://localhost:* ws://127.0.0.1:*`
            : rule,
      )
    : own;
  return {
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Embedder-Policy': 'require-corp',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Content-Security-Policy': policy.join('; '),
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
  };
}
