/** Networks that come with the package, by id. */
export const BUNDLED_NETWORKS = ['cnn-1-inf', 'cnn-2-inf', 'cnn-1-0.1', 'cnn-2-0.1'] as const;
export type BundledNetwork = (typeof BUNDLED_NETWORKS)[number];

/** Not spelled in one expression with what follows, or a bundler would take along every network. */
const HERE = import.meta.url;

/**
 * Where a network of the paper lies in the package, two folders above this module as it is shipped. In an app made with
 * a bundler this module lies elsewhere: give the address of a copy of the network instead.
 */
export function bundledNetwork(id: BundledNetwork): URL {
  return new URL(`../../dist/models/${id}/model.json`, HERE);
}
