import { Dialog as Radix } from 'radix-ui';
import { type KeyboardEvent, useId, useRef, useState } from 'react';
import { classes } from './classes.ts';
import styles from './Palette.module.css';
import { useReturnFocus } from './useReturnFocus.ts';

export interface PaletteEntry {
  /** Unique. */
  readonly title: string;
  readonly detail?: string;
  /** Shortcuts; the first is shown. */
  readonly keys: readonly string[];
  run(): void;
}

interface PaletteProps {
  /** Accessible name and placeholder. */
  readonly label: string;
  readonly open: boolean;
  readonly entries: readonly PaletteEntry[];
  onOpenChange(open: boolean): void;
}

/** Entries whose title and detail contain every word of `query`; those that hold them all in the title come first. */
export function matching(entries: readonly PaletteEntry[], query: string): PaletteEntry[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const holds = (text: string) => words.every((word) => text.toLowerCase().includes(word));
  const found = entries.filter(({ title, detail }) => holds(`${title} ${detail ?? ''}`));
  const [named, described] = [true, false].map((own) =>
    found.filter(({ title }) => holds(title) === own),
  );
  return [...named, ...described];
}

/** A list to search by typing and to choose from with arrows and Enter. */
export function Palette({ label, open, entries, onOpenChange }: PaletteProps) {
  const focus = useReturnFocus();
  const chosen = useRef<PaletteEntry | null>(null);
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className={styles.shade} />
        <Radix.Content
          className={styles.palette}
          aria-describedby={undefined}
          onOpenAutoFocus={focus.onOpenAutoFocus}
          onCloseAutoFocus={(event) => {
            focus.onCloseAutoFocus(event);
            // It may move the focus or open a dialog of its own.
            chosen.current?.run();
            chosen.current = null;
          }}
        >
          <Radix.Title className="visually-hidden">{label}</Radix.Title>
          <Search
            label={label}
            entries={entries}
            onChoose={(entry) => {
              chosen.current = entry;
              onOpenChange(false);
            }}
          />
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

interface SearchProps extends Pick<PaletteProps, 'label' | 'entries'> {
  onChoose(entry: PaletteEntry): void;
}

function Search({ label, entries, onChoose }: SearchProps) {
  const [query, setQuery] = useState('');
  const [at, setAt] = useState(0);
  const id = useId();
  const found = matching(entries, query);
  const current = Math.min(at, found.length - 1);
  const moves: Readonly<Record<string, number>> = {
    ArrowDown: (current + 1) % found.length,
    ArrowUp: (current - 1 + found.length) % found.length,
    PageDown: Math.min(current + 8, found.length - 1),
    PageUp: Math.max(current - 8, 0),
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && found[current]) onChoose(found[current]);
    else if (event.key in moves && found.length > 0) setAt(moves[event.key]);
    else return;
    event.preventDefault();
  };
  return (
    <>
      <input
        className={styles.search}
        role="combobox"
        aria-label={label}
        aria-expanded={true}
        aria-controls={id}
        aria-activedescendant={found[current] && `${id}-${current}`}
        aria-autocomplete="list"
        placeholder={`${label}…`}
        value={query}
        onChange={(event) => {
          setQuery(event.target.value);
          setAt(0);
        }}
        onKeyDown={onKeyDown}
      />
      <div className={styles.list} id={id} role="listbox" aria-label={label}>
        {found.map((entry, i) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the field has the keyboard
          <div
            key={entry.title}
            ref={i === current ? intoView : undefined}
            id={`${id}-${i}`}
            className={classes(styles.entry, i === current && styles['is-current'])}
            role="option"
            aria-selected={i === current}
            tabIndex={-1}
            onClick={() => onChoose(entry)}
          >
            <span>{entry.title}</span>
            {entry.detail && <span className={styles.detail}>{entry.detail}</span>}
            {entry.keys.length > 0 && <kbd>{entry.keys[0]}</kbd>}
          </div>
        ))}
      </div>
      {found.length === 0 && (
        <p className="empty" role="status">
          Nothing matches.
        </p>
      )}
    </>
  );
}

const intoView = (element: HTMLElement | null) => element?.scrollIntoView({ block: 'nearest' });
