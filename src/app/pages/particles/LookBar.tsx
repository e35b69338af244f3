import { useStore } from 'zustand';
import { actions, particlesStore, type TomogramInfo } from '../../../state/index.ts';
import { Button, IconButton } from '../../../ui/Button.tsx';
import { MinusIcon, PlusIcon } from '../../../ui/icons.tsx';
import { NumbersField } from '../../../ui/NumbersField.tsx';
import { Select } from '../../../ui/Select.tsx';
import { Switch } from '../../../ui/Switch.tsx';
import styles from './ParticlesPage.module.css';

const STEP = 1.5;
/** Percentiles of black and white. */
const CONTRASTS = [
  [0, 100],
  [0.1, 99.9],
  [0.5, 99.5],
  [1, 99],
  [3, 97],
  [10, 90],
] as const;

/** How the slices are seen. */
export function LookBar({
  tomogram,
  fit,
}: {
  readonly tomogram: TomogramInfo;
  /** Å of a pixel at which all is seen. */
  readonly fit: number;
}) {
  const { thickness, lowPass, percentiles, pixel, surface } = useStore(
    particlesStore,
    (state) => state.look,
  );
  const zoom = (factor: number) => actions.lookAt({ pixel: (pixel ?? fit) * factor });
  const known = tomogram.grid.voxelSizeKnown;
  // Of voxels of unknown size, lengths are voxels.
  const unit = known ? 10 : 1;
  const name = known ? 'nm' : 'voxels';
  const commit =
    (key: 'thickness' | 'lowPass') =>
    ([value]: readonly number[]) =>
      actions.lookAt({ [key]: Math.max(0, value) * unit });
  return (
    <div className={styles.look}>
      <span className={styles.field}>
        <span className="label">Thickness, {name}</span>
        <NumbersField
          label={`Thickness of the slices, ${name}`}
          narrow
          limit={1}
          values={[Math.max(thickness, tomogram.grid.voxelSize[2]) / unit]}
          onCommit={commit('thickness')}
        />
      </span>
      <span className={styles.field}>
        <span className="label">Low-pass, {name}</span>
        <NumbersField
          label={`Low-pass of the slices, ${name}`}
          narrow
          limit={1}
          values={[lowPass / unit]}
          onCommit={commit('lowPass')}
        />
      </span>
      <span className={styles.field}>
        <Select
          label="Percentiles that are black and white"
          value={percentiles.join('-')}
          shown={
            <>
              <span className={styles.prefix}>Contrast </span>
              {contrastText(percentiles)}
            </>
          }
          onChange={(value) => {
            const found = CONTRASTS.find((one) => one.join('-') === value);
            if (found) actions.lookAt({ percentiles: found });
          }}
          groups={[
            {
              items: CONTRASTS.map(([low, high]) => ({
                value: `${low}-${high}`,
                label: `Contrast ${contrastText([low, high])}`,
              })),
            },
          ]}
        />
      </span>
      <Switch
        label="Surface"
        checked={surface}
        onChange={(shown) => actions.lookAt({ surface: shown })}
      />
      <span className={styles.zoom}>
        <IconButton label="Zoom out" icon={<MinusIcon />} onClick={() => zoom(STEP)} />
        <IconButton label="Zoom in" icon={<PlusIcon />} onClick={() => zoom(1 / STEP)} />
        <Button
          tone="quiet"
          onClick={() => actions.lookAt({ pixel: null, centre: middleOf(tomogram) })}
        >
          All
        </Button>
      </span>
    </div>
  );
}

const contrastText = ([low, high]: readonly number[]) => `${low} to ${high}%`;

function middleOf({ grid: { shape, voxelSize, origin } }: TomogramInfo) {
  const middle = (i: 0 | 1 | 2) => origin[i] + ((shape[2 - i] - 1) / 2) * voxelSize[i];
  return [middle(0), middle(1), middle(2)] as const;
}
