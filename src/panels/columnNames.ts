import type { Column } from '../state/index.ts';
import { withoutId } from './classNames.ts';
import { columnTitle } from './columnTitle.ts';

/** What a map is of, in words. */
type Subject = Readonly<Record<'volume' | 'network' | 'layer' | 'classIndex', string>>;

const SUBJECTS = ['volume', 'network', 'layer', 'classIndex'] as const;

/** Null while a column has no map. */
export function subjectOf({ shown, answer }: Column): Subject | null {
  if (!shown || !answer) return null;
  const { item, model } = answer;
  return {
    volume: item.name,
    network: model.title,
    layer: shown.layer,
    classIndex: withoutId(model.classes[shown.classIndex] ?? `class ${shown.classIndex + 1}`),
  };
}

/** Each name without the parts, between commas, that all of them have: of `CNN-1, SNR 0.1` and `CNN-2, SNR 0.1` the first. */
export function differingParts(names: readonly string[]): string[] {
  const parts = names.map((name) => name.split(', '));
  const shared = (part: string) => parts.every((own) => own.includes(part));
  return parts.map((own, i) => own.filter((part) => !shared(part)).join(', ') || names[i]);
}

/** What columns are called, by their ids: their titles; of those with the same title also what they differ in. */
export function columnNames(columns: readonly Column[]): ReadonlyMap<string, string> {
  const names = columns.map((column) => nameOf(column, columns));
  const again = (name: string) => names.indexOf(name) !== names.lastIndexOf(name);
  return new Map(
    columns.map(({ id }, i) => [id, again(names[i]) ? `${names[i]}, panel ${i}` : names[i]]),
  );
}

function nameOf(column: Column, columns: readonly Column[]): string {
  const title = columnTitle(column);
  const alike = columns.filter((one) => columnTitle(one) === title);
  const subjects = alike.map(subjectOf);
  const at = alike.indexOf(column);
  const words = SUBJECTS.flatMap((key) => {
    const names = subjects.map((subject) => subject?.[key] ?? '');
    return names.every((name) => name === names[0]) ? [] : [differingParts(names)[at]];
  });
  return [title, ...words.filter((word) => word !== '')].join(', ');
}
