/**
 * The sizes that an input gives to a network that leaves some of its own open (-1), in the order of `declared`, which is
 * without the batch: from an array as the file declares it, one with the channels last, a volume without channels, or for images a section of
 * one.
 * Undefined where there is none, or none that fits.
 *
 * @param channel axis of the channels in `declared`
 */
export function openSize(
  given: readonly number[] | undefined,
  declared: readonly number[],
  channel: number,
): readonly number[] | undefined {
  if (!given) return undefined;
  const space = declared.map((_, axis) => axis).filter((axis) => axis !== channel);
  const channels = declared[channel];
  const arrange = (sizes: readonly number[], own: number) =>
    declared.map((_, axis) => (axis === channel ? own : sizes[space.indexOf(axis)]));
  const candidates =
    given.length === space.length
      ? [arrange(given, channels > 0 ? channels : 1)]
      : [
          given,
          arrange(given.slice(0, -1), given[given.length - 1]),
          ...(space.length === 2 && given.length === 3
            ? [arrange(given.slice(1), channels > 0 ? channels : 1)]
            : []),
        ];
  const fits = (sizes: readonly number[]) =>
    sizes.length === declared.length &&
    declared.every((size, axis) => size < 0 || size === sizes[axis]);
  return candidates.find(fits);
}

/** The sizes in space of an input that may have channels first, or a single one last. */
export function spaceOf(
  given: readonly number[] | undefined,
  axes: number,
): readonly number[] | undefined {
  if (!given || given.length < axes) return undefined;
  const last = given.length > axes && given[given.length - 1] === 1;
  return last ? given.slice(0, -1).slice(-axes) : given.slice(-axes);
}
