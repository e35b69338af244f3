import { useStore } from 'zustand';
import { headerPanels } from '../../core/session/index.ts';
import { actions, currentVolume, explainStore, volumesStore } from '../../state/index.ts';
import { Button } from '../../ui/Button.tsx';
import { Swatch } from './ClassLegend.tsx';
import styles from './TileBar.module.css';

/** Over the explanation of a tile: what it is a part of, and the way back. */
export function TileBar({ onWhole }: { onWhole(): void }) {
  const tile = useStore(volumesStore, (state) => currentVolume(state)?.tile);
  const whole = useStore(
    volumesStore,
    (state) => state.items.find(({ id }) => id === tile?.wholeId)?.name,
  );
  const local = useStore(explainStore, ({ panels }) =>
    headerPanels(panels).some(({ method }) => method === 'hirescam'),
  );
  if (!tile || whole === undefined) return null;
  const back = () => {
    actions.leaveTile();
    onWhole();
  };
  return (
    <div className={styles.bar}>
      <p>
        Tile of <strong>{whole}</strong> around {tile.words}{' '}
        <span className={styles.outlined}>
          <Swatch label={tile.label} />
          outlined in the slices
        </span>{' '}
        {!local && (
          <span className="small">
            Only HiResCAM’s map keeps to it; others weigh whole channels.
          </span>
        )}
      </p>
      {!local && <Button onClick={() => actions.showMethod('hirescam')}>Show HiResCAM</Button>}
      <Button onClick={back}>Back to the whole volume</Button>
    </div>
  );
}
