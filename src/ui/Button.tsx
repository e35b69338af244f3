import type { ButtonHTMLAttributes, ReactNode, Ref } from 'react';
import styles from './Button.module.css';
import { classes } from './classes.ts';
import { Tooltip } from './Tooltip.tsx';

export type ButtonTone = 'plain' | 'primary' | 'quiet';

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  readonly tone?: ButtonTone;
  /** A square around a picture. */
  readonly shape?: 'icon';
  readonly ref?: Ref<HTMLButtonElement>;
}

const TONES: Readonly<Record<ButtonTone, string | null>> = {
  plain: null,
  primary: styles.primary,
  quiet: styles.quiet,
};

export function Button({ tone = 'plain', shape, className, ...rest }: ButtonProps) {
  const look = classes(styles.button, TONES[tone], shape && styles[shape], className);
  return <button type="button" className={look} {...rest} />;
}

interface IconButtonProps extends Omit<ButtonProps, 'children' | 'shape'> {
  /** Accessible name. */
  readonly label: string;
  /** Tooltip, when it says more than the name. */
  readonly hint?: ReactNode;
  readonly icon: ReactNode;
}

/** A button that shows a picture; its name is in the tooltip and for assistive technology. */
export function IconButton({ label, hint, icon, ...rest }: IconButtonProps) {
  return (
    <Tooltip text={hint ?? label}>
      <Button tone="quiet" shape="icon" aria-label={label} {...rest}>
        {icon}
      </Button>
    </Tooltip>
  );
}
