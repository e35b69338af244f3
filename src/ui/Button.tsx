import type { ButtonHTMLAttributes, ReactNode, Ref } from 'react';
import { Tooltip } from './Tooltip.tsx';

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  readonly tone?: 'plain' | 'primary' | 'quiet';
  readonly ref?: Ref<HTMLButtonElement>;
}

export function Button({ tone = 'plain', className = '', ...rest }: ButtonProps) {
  return <button type="button" className={`button button-${tone} ${className}`} {...rest} />;
}

interface IconButtonProps extends Omit<ButtonProps, 'children'> {
  /** Accessible name. */
  readonly label: string;
  /** Tooltip, when it says more than the name. */
  readonly hint?: ReactNode;
  readonly icon: ReactNode;
}

/** A button that shows a picture; its name is in the tooltip and for assistive technology. */
export function IconButton({ label, hint, icon, className = '', ...rest }: IconButtonProps) {
  return (
    <Tooltip text={hint ?? label}>
      <Button tone="quiet" aria-label={label} className={`icon-button ${className}`} {...rest}>
        {icon}
      </Button>
    </Tooltip>
  );
}
