import { VIEW_CHOICES, viewStore } from '../../state/index.ts';

const KEY = 'respond-cam theme';

/** Takes the theme of the last visit at once, and keeps the one chosen. It is the reader's own and in no session. */
export function followTheme(): void {
  try {
    const kept = localStorage.getItem(KEY);
    const rows = Object.keys(
      VIEW_CHOICES.theme.values,
    ) as (keyof typeof VIEW_CHOICES.theme.values)[];
    const theme = rows.find((row) => row === kept);
    if (theme) viewStore.setState({ theme });
    viewStore.subscribe((view, before) => {
      if (view.theme !== before.theme) localStorage.setItem(KEY, view.theme);
    });
  } catch {
    // Without storage it follows the system again.
  }
}
