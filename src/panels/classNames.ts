/** A class name without the id in brackets that may end it. */
export function withoutId(name: string): string {
  return name.replace(/ \((?=\w*\d)[\w-]+\)$/, '');
}

/** Position of a class by its name, which a network may follow by an id in brackets; null if absent. */
export function classOf(name: string, classes: readonly string[]): number | null {
  const at = classes.findIndex((one) => one === name || one.startsWith(`${name} (`));
  return at < 0 ? null : at;
}
