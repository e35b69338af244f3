import { type Ref, useState } from 'react';
import { useStore } from 'zustand';
import { InputHead, LevelNote, MapHead, MapStatus, METHOD_NAMES } from '../panels/index.ts';
import { LinkedViews, type SceneHandle } from '../scene/index.ts';
import { Slices } from '../slices/index.ts';
import { displayStore, explainStore } from '../state/index.ts';
import { ToggleGroup } from '../ui/ToggleGroup.tsx';
import { useMedia } from '../ui/useMedia.ts';
import { ONE_COLUMN } from './layouts.ts';
import { type PanelId, ScenePanel } from './ScenePanel.tsx';

/** What is compared, side by side: the input and the heatmaps of two methods. One at a time on a phone. */
export function Columns({ scene }: { readonly scene: Ref<SceneHandle> }) {
  const [left, right] = useStore(explainStore, (state) => state.methods);
  const columns: readonly (readonly [PanelId, string])[] = [
    ['input', 'Input'],
    ['left', METHOD_NAMES[left]],
    ['right', METHOD_NAMES[right]],
  ];
  const single = useMedia(ONE_COLUMN);
  const [chosen, setChosen] = useState<PanelId>('right');
  return (
    <LinkedViews ref={scene} className="views">
      {single && (
        <div className="column-tabs">
          <ToggleGroup<PanelId>
            label="Column shown"
            value={chosen}
            onChange={setChosen}
            choices={columns.map(([value, label]) => ({ value, label }))}
          />
        </div>
      )}
      <div className="columns">
        {columns
          .filter(([panel]) => !single || panel === chosen)
          .map(([panel, title]) => (
            <Column key={panel} panel={panel} title={title} />
          ))}
        <div className="map-status">
          <MapStatus />
        </div>
      </div>
    </LinkedViews>
  );
}

function Column({ panel, title }: { readonly panel: PanelId; readonly title: string }) {
  const explained = useStore(displayStore, (display) => display.right !== null);
  const stale = useStore(displayStore, (display) => display.stale);
  const shown = panel === 'input' || explained;
  const look = panel !== 'input' && stale ? 'is-stale' : '';
  return (
    <section className="column" aria-label={title}>
      {panel === 'input' ? <InputHead /> : <MapHead side={panel} />}
      <div className={`column-scene ${look}`}>
        {shown && <ScenePanel panel={panel} label={`${title} in 3D`} />}
        {panel !== 'input' && <LevelNote side={panel} />}
      </div>
      <div className={`column-slices ${look}`}>
        {shown && <Slices panel={panel} title={title} />}
      </div>
    </section>
  );
}
