import type { ReactNode } from 'react';
import type { ChannelRow } from '../../../../core/cam/index.ts';
import { formatValue } from '../../../../core/color/index.ts';
import styles from './Equations.module.css';

interface EquationsProps {
  readonly row: ChannelRow;
  /** Of the layer. */
  readonly voxels: number;
}

/** The equations of both methods with the numbers of one channel. */
export function Equations({ row, voxels }: EquationsProps) {
  const { index, sumA, sumAG, meanG, alpha } = row;
  const name = (
    <>
      α<sub>{index}</sub>
    </>
  );
  return (
    <dl className={styles.equations}>
      <Equation method="Respond-CAM">
        {alpha.respond === null ? (
          <>
            the channel's activations cancel, so that Σ A is next to nothing: g·A stands for α
            <sub>{index}</sub>·A
          </>
        ) : (
          <>
            {name} = Σ A·g / Σ A = <Value of={sumAG} /> / <Value of={sumA} /> ={' '}
            <Value of={alpha.respond} strong />
          </>
        )}
      </Equation>
      <Equation method="Grad-CAM">
        {name} = Σ g / {voxels} = <Value of={meanG * voxels} /> / {voxels} ={' '}
        <Value of={meanG} strong />
      </Equation>
      <Equation method="Map">
        L = Σ<sub>l</sub> α<sub>l</sub>·A<sub>l</sub>; channel {index} adds{' '}
        <Value of={row.adds.respond} strong /> to Respond-CAM's sum,{' '}
        <Value of={row.adds.grad} strong /> to Grad-CAM's
      </Equation>
    </dl>
  );
}

function Equation({ method, children }: { readonly method: string; readonly children: ReactNode }) {
  return (
    <div>
      <dt>{method}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Value({ of, strong = false }: { readonly of: number; readonly strong?: boolean }) {
  return strong ? <strong>{formatValue(of)}</strong> : <span>{formatValue(of)}</span>;
}
