interface Layer {
  readonly name: string;
  /** Class name of the layer, e.g. `Conv3D`. */
  readonly kind: string;
}

/** Layers that look at space; activations, norms and joins between them would show nearly the same. */
const SPATIAL = /conv|pool|input/i;
/** Small maps that a strip holds. */
export const MOST_IN_STRIP = 24;

/**
 * The layers whose maps are shown beside each other: convolutions and poolings with the input, spread evenly over a deep
 * network, the first and the last among them; of a network without such layers, all.
 *
 * @param must names of layers that are among them in any case
 */
export function stripLayers<L extends Layer>(
  layers: readonly L[],
  must: readonly string[],
  most = MOST_IN_STRIP,
): L[] {
  const asked = (layer: L) => must.includes(layer.name);
  const spatial = layers.filter((layer) => SPATIAL.test(layer.kind) || asked(layer));
  const all = spatial.length > 1 ? spatial : layers;
  if (all.length <= most) return [...all];
  const free = all.filter((layer) => !asked(layer));
  const count = Math.max(2, most - (all.length - free.length));
  const step = (free.length - 1) / (count - 1);
  const spread = new Set(Array.from({ length: count }, (_, i) => free[Math.round(i * step)]));
  return all.filter((layer) => asked(layer) || spread.has(layer));
}
