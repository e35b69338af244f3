type KeyPress = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>;

/**
 * Whether an event is what a shortcut such as `Shift+Ctrl+Z` or `?` names. Ctrl is Command on a Mac; Shift counts
 * with Ctrl alone, as on some keyboards it is needed to type a character.
 */
export function isPressed(shortcut: string, event: KeyPress): boolean {
  const parts = shortcut.toLowerCase().split('+');
  const ctrl = parts.includes('ctrl');
  return (
    event.key.toLowerCase() === parts.at(-1) &&
    !event.altKey &&
    (event.ctrlKey || event.metaKey) === ctrl &&
    (!ctrl || event.shiftKey === parts.includes('shift'))
  );
}
