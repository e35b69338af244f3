import { type ReactNode, useEffect, useRef } from 'react';
import { IconButton } from '../ui/Button.tsx';
import { CloseIcon } from '../ui/icons.tsx';

interface DrawerProps {
  readonly side: 'left' | 'right';
  /** What is in it, for its close button. */
  readonly title: string;
  readonly open: boolean;
  onClose(): void;
  readonly children: ReactNode;
}

/** A panel that lies over the page while it is open: it has the keyboard, Escape and a click beside it close it. */
export function Drawer({ side, title, open, onClose, children }: DrawerProps) {
  const panel = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!open) return;
    const before = document.activeElement;
    panel.current?.querySelector<HTMLElement>('[tabindex="-1"]')?.focus();
    return () => {
      if (before instanceof HTMLElement) before.focus();
    };
  }, [open]);
  if (!open) return null;
  return (
    <div className="drawer-room">
      <button
        type="button"
        tabIndex={-1}
        className="drawer-shade"
        aria-label={`Close ${title}`}
        onClick={onClose}
      />
      <div
        ref={panel}
        role="dialog"
        aria-label={title}
        className={`drawer drawer-${side}`}
        onKeyDown={(event) => {
          if (event.key === 'Escape') onClose();
        }}
      >
        <IconButton
          className="drawer-close"
          label={`Close ${title}`}
          icon={<CloseIcon />}
          onClick={onClose}
        />
        {children}
      </div>
    </div>
  );
}
