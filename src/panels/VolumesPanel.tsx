import { useStore } from 'zustand';
import { currentVolume, volumesStore } from '../state/index.ts';
import { FileFacts } from './FileFacts.tsx';
import { Gallery } from './Gallery.tsx';
import { InputOptionsForm } from './InputOptionsForm.tsx';
import { OpenedList } from './OpenedList.tsx';
import { StructurePanel } from './StructurePanel.tsx';

const TILE_NOTE =
  'Its values are those of the run over the whole volume: normalised there, and not once more here.';

export function VolumesPanel() {
  const item = useStore(volumesStore, currentVolume);
  return (
    <aside className="panel volumes-panel" id="volumes" aria-label="Volumes" tabIndex={-1}>
      <h2>Volumes</h2>
      <Gallery />
      <OpenedList />
      <StructurePanel />
      {item && (
        <>
          <FileFacts item={item} />
          {item.tile ? <p className="small">{TILE_NOTE}</p> : <InputOptionsForm />}
        </>
      )}
    </aside>
  );
}
