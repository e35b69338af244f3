import { IconButton } from './Button.tsx';
import { CloseIcon, WarningIcon } from './icons.tsx';

interface BannerProps {
  readonly tone: 'error' | 'info';
  readonly text: string;
  onDismiss(): void;
}

/** One sentence that stays until it is dismissed. */
export function Banner({ tone, text, onDismiss }: BannerProps) {
  return (
    <div className={`banner banner-${tone}`} role={tone === 'error' ? 'alert' : 'status'}>
      <WarningIcon />
      <p>{text}</p>
      <IconButton label="Dismiss" icon={<CloseIcon />} onClick={onDismiss} />
    </div>
  );
}
