import { useStore } from 'zustand';
import { actions, ownGrid, size, volumesStore } from '../state/index.ts';
import { IconButton } from '../ui/Button.tsx';
import { FileButton } from '../ui/FileButton.tsx';
import { CloseIcon, OpenIcon } from '../ui/icons.tsx';
import { Progress } from '../ui/Progress.tsx';
import { openFiles, VOLUME_ACCEPT } from './openFiles.ts';

/** Files that the user opened; samples of the gallery are in the gallery's own list. */
export function OpenedList() {
  const items = useStore(volumesStore, (state) => state.items);
  const currentId = useStore(volumesStore, (state) => state.currentId);
  const opening = useStore(volumesStore, (state) => state.opening);
  const own = items.filter((item) => !item.sample);
  return (
    <section className="panel-section" aria-label="Opened volumes">
      <FileButton accept={VOLUME_ACCEPT} onFiles={(files) => void openFiles(files)}>
        <OpenIcon />
        Open volumes…
      </FileButton>
      {own.length === 0 && !opening && (
        <p className="small drop-hint">
          or drop MRC, MAP, CCP4, REC or NPY files anywhere. They stay on this machine.
        </p>
      )}
      {opening && (
        <Progress
          stage={`${opening.progress.stage} ${opening.name}`}
          fraction={opening.progress.fraction}
          onCancel={actions.cancelOpening}
        />
      )}
      {own.length > 0 && (
        <ul className="list">
          {own.map((item) => (
            <li key={item.id}>
              <button
                type="button"
                className="row"
                aria-current={item.id === currentId}
                title={item.name}
                onClick={() => actions.chooseVolume(item.id)}
              >
                <span className="row-name">{item.name}</span>
                <span className="row-detail">{size(ownGrid(item).shape)}</span>
              </button>
              <IconButton
                label={`Close ${item.name}`}
                icon={<CloseIcon />}
                onClick={() => actions.removeVolume(item.id)}
              />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
