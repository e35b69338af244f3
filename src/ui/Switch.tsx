import { Switch as Radix } from 'radix-ui';
import { useId } from 'react';
import styles from './Switch.module.css';

interface SwitchProps {
  readonly label: string;
  readonly checked: boolean;
  onChange(checked: boolean): void;
}

export function Switch({ label, checked, onChange }: SwitchProps) {
  const id = useId();
  return (
    <div className={styles.row}>
      <label className="label" htmlFor={id}>
        {label}
      </label>
      <Radix.Root id={id} className={styles.switch} checked={checked} onCheckedChange={onChange}>
        <Radix.Thumb className={styles.thumb} />
      </Radix.Root>
    </div>
  );
}
