import { useStore } from 'zustand';
import { currentVolume, volumesStore } from '../state/index.ts';
import { IconButton } from '../ui/Button.tsx';
import { CloseIcon } from '../ui/icons.tsx';
import { FileFacts } from './FileFacts.tsx';
import { Gallery } from './Gallery.tsx';
import { InputOptionsForm } from './InputOptionsForm.tsx';
import { OpenedList } from './OpenedList.tsx';
import { StructurePanel } from './StructurePanel.tsx';

const TILE_NOTE =
  'Its values are those of the run over the whole volume: normalised there, and not once more here.';

interface VolumesPanelProps {
  /** Makes it a rail of small pictures; not where it is in a drawer. */
  onFold?(): void;
}

/** Volumes, facts of the one on screen and how it is read. */
export function VolumesPanel({ onFold }: VolumesPanelProps) {
  const item = useStore(volumesStore, currentVolume);
  return (
    <aside className="panel volumes-panel" id="volumes" aria-label="Volumes" tabIndex={-1}>
      <div className="section-head">
        <h2>Volumes</h2>
        {onFold && (
          <IconButton label="Small pictures of the volumes" icon={<CloseIcon />} onClick={onFold} />
        )}
      </div>
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
