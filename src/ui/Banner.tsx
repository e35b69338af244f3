import { Button, IconButton } from './Button.tsx';
import { CloseIcon, WarningIcon } from './icons.tsx';
import { classes } from './classes.ts';
import styles from './Banner.module.css';

interface BannerProps {
  readonly tone: 'error' | 'info';
  readonly text: string;
  readonly remedy?: { readonly label: string; run(): void };
  onDismiss(): void;
}

/** One sentence over the page, with what helps where something does. */
export function Banner({ tone, text, remedy, onDismiss }: BannerProps) {
  return (
    <div
      className={classes(styles.banner, tone === 'error' && styles.bannerError)}
      role={tone === 'error' ? 'alert' : 'status'}
    >
      {tone === 'error' && <WarningIcon />}
      <p>{text}</p>
      {remedy && <Button onClick={remedy.run}>{remedy.label}</Button>}
      <IconButton label="Dismiss" icon={<CloseIcon />} onClick={onDismiss} />
    </div>
  );
}
