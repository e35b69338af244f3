import { useStore } from 'zustand';
import { CAM_METHODS, type CamMethod } from '../core/cam/types.ts';
import { formatValue } from '../core/color/index.ts';
import {
  actions,
  currentVolume,
  displayStore,
  explainStore,
  nanometres,
  volumesStore,
} from '../state/index.ts';
import { IconButton } from '../ui/Button.tsx';
import { DownloadIcon } from '../ui/icons.tsx';
import { Select } from '../ui/Select.tsx';
import { Explained } from './Explained.tsx';
import { exportHeatmap } from './exportHeatmap.ts';
import { METHOD_NAMES } from './words.ts';

export function InputHead() {
  const item = useStore(volumesStore, currentVolume);
  const volume = useStore(displayStore, (display) => display.volume);
  return (
    <div className="column-head">
      <h2 className="column-title">Input</h2>
      {volume && item && (
        <span className="column-detail" title={item.name}>
          {nanometres(volume.voxelSize[0])} voxels
        </span>
      )}
    </div>
  );
}

/** Title of a heatmap's column: its method, what it sums to, and its export. */
export function MapHead({ side }: { readonly side: 'left' | 'right' }) {
  const methods = useStore(explainStore, (state) => state.methods);
  const method = methods[side === 'left' ? 0 : 1];
  const shown = useStore(displayStore, (display) => display[side]);
  const choose = (value: string) => {
    const next = value as CamMethod;
    if (side === 'left') actions.chooseMethods(next, methods[1]);
    else actions.chooseMethods(methods[0], next);
  };
  return (
    <div className="column-head">
      <h2 className="column-title">
        <Select
          className="select-title"
          label={side === 'left' ? 'Method on the left' : 'Method on the right'}
          value={method}
          onChange={choose}
          groups={[{ items: CAM_METHODS.map((m) => ({ value: m, label: METHOD_NAMES[m] })) }]}
        />
      </h2>
      {shown && (
        <>
          <span className="column-detail">
            <Explained topic={method}>Σ {formatValue(shown.map.sum)}</Explained>
          </span>
          <IconButton
            label={`Save the ${METHOD_NAMES[method]} heatmap as MRC`}
            hint="Save this heatmap as MRC on the input's grid"
            icon={<DownloadIcon />}
            onClick={() => exportHeatmap(side)}
          />
        </>
      )}
    </div>
  );
}
