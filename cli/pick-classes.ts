import { badInput } from '../src/core/errors.ts';
import { type ClassRoles, isBackground } from '../src/core/picking/index.ts';

/**
 * The classes that flags name, comma-separated: by number, name, the id in a name's parentheses, or a part of one name
 * alone.
 *
 * @throws AppError 'bad-input'
 */
export function classesNamed(flag: string, text: string, names: readonly string[]): number[] {
  const found = text.split(',').map((part) => {
    const wanted = part.trim().toLowerCase();
    if (/^\d+$/.test(wanted) && Number(wanted) < names.length) return Number(wanted);
    const lower = names.map((name) => name.toLowerCase());
    const whole = lower.findIndex((name) => name === wanted || name.endsWith(`(${wanted})`));
    if (whole >= 0) return whole;
    const parts = lower.flatMap((name, i) => (wanted && name.includes(wanted) ? [i] : []));
    if (parts.length === 1) return parts[0];
    const few = names.slice(0, 30).join('; ');
    throw badInput(
      `--${flag} ${part.trim()} ${parts.length > 1 ? 'fits several classes' : 'is no class of the network'}; accepted: numbers from 0 to ${names.length - 1}, or of ${few}`,
    );
  });
  return [...new Set(found)];
}

/** Which classes are picked and which stand for no particle: as the flags say, else by their names. */
export function rolesOf(
  names: readonly string[],
  flags: { readonly classes?: string; readonly background?: string },
): ClassRoles {
  const { classes, background } = flags;
  const own =
    background === undefined
      ? names.flatMap((name, i) => (isBackground(name) ? [i] : []))
      : background === 'none'
        ? []
        : classesNamed('background', background, names);
  const wanted =
    classes === undefined
      ? names.flatMap((_, i) => (own.includes(i) ? [] : [i]))
      : classesNamed('classes', classes, names);
  if (wanted.length === 0)
    throw badInput('All classes of the network are background; accepted: --background with fewer');
  return { wanted, background: own.filter((c) => !wanted.includes(c)) };
}
