import type { KeyboardEvent } from 'react';

const STEPS: Readonly<Record<string, number>> = {
  ArrowDown: 1,
  ArrowRight: 1,
  ArrowUp: -1,
  ArrowLeft: -1,
};

/** Arrows, Home and End move the focus among the buttons of a list that takes one stop of the Tab key. */
export function moveFocus(event: KeyboardEvent<HTMLElement>): void {
  const buttons = [...event.currentTarget.querySelectorAll<HTMLElement>('[data-stop]')];
  const at = buttons.indexOf(document.activeElement as HTMLElement);
  const ends: Readonly<Record<string, number>> = { Home: 0, End: buttons.length - 1 };
  const to = ends[event.key] ?? (event.key in STEPS ? at + STEPS[event.key] : null);
  if (to === null || at < 0) return;
  event.preventDefault();
  buttons[Math.min(buttons.length - 1, Math.max(0, to))]?.focus();
}
