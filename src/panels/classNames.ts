/** A class name without the id in brackets that may end it. */
export function withoutId(name: string): string {
  return name.replace(/ \((?=\w*\d)[\w-]+\)$/, '');
}

/** A class name before what stands in brackets behind it: enough where there is little room. */
export const firstWords = (name: string): string => name.replace(/ \(.*$/, '');

/** Position of a class by its name, which a network may follow by an id in brackets; null if absent. */
export function classOf(name: string, classes: readonly string[]): number | null {
  const at = classes.findIndex((one) => one === name || one.startsWith(`${name} (`));
  return at < 0 ? null : at;
}
