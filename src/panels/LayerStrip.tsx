import { useEffect, useMemo, useRef } from 'react';
import { useStore } from 'zustand';
import { writtenSum } from '../core/cam/index.ts';
import { formatValue, mapPicture, PALETTES, projectionOf } from '../core/color/index.ts';
import { stripLayers } from '../core/network/index.ts';
import { lengthUnitOf } from '../core/volume/index.ts';
import { layerGrid } from '../core/where/index.ts';
import {
  actions,
  displayStore,
  explainStore,
  layerStripStore,
  networkStore,
  spatial,
  stripSubject,
  viewStore,
} from '../state/index.ts';
import { classes } from '../ui/classes.ts';
import { useChosenInSight } from '../ui/keepInSight.ts';
import { Picture } from '../ui/Picture.tsx';
import { moveFocus } from '../ui/roving.ts';
import { Tooltip } from '../ui/Tooltip.tsx';
import { METHOD_NAMES } from './glossary.ts';
import styles from './LayerStrip.module.css';

/** The page is drawn first, and what is chosen meanwhile goes first. */
const DELAY_MS = 250;

/** The map at every layer of the network, small and each by its own maximum; one is chosen by a click. */
export function LayerStrip() {
  const key = useStore(explainStore, (state) => stripSubject(state)?.key ?? null);
  const model = useStore(networkStore, (state) => state.model);
  const wanted = useStore(explainStore, (state) => state.layer);
  const { status, found, error } = useStore(layerStripStore);
  useEffect(() => {
    if (key === null) return;
    const timer = setTimeout(() => void actions.exploreLayers(), DELAY_MS);
    return () => clearTimeout(timer);
  }, [key]);
  const last = useStripSubject(key);
  // The maps of another network say nothing of this one's layers, whatever they are called.
  const subject = model && last?.answer.model.id === model.id ? last : null;
  const layers =
    subject?.layers ??
    (model ? stripLayers(model.layers, [model.defaultLayer]).map(({ name }) => name) : []);
  const chosen = wanted ?? model?.defaultLayer;
  const list = useRef<HTMLDivElement>(null);
  useChosenInSight(list, chosen, layers.join());
  if (!model) return null;
  const title = subject ? METHOD_NAMES[subject.method] : 'Maps';
  return (
    <section className={styles.strip} aria-label="Layers of the network">
      {status === 'error' && <p className={styles.note}>{error}</p>}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: its buttons are reached by arrows */}
      <div
        ref={list}
        className={classes(styles.list, key === null && 'is-stale')}
        onKeyDown={moveFocus}
      >
        {layers.map((name) => (
          <LayerButton
            key={name}
            name={name}
            title={title}
            answered={subject !== null}
            chosen={name === chosen}
            onChoose={() => actions.chooseLayer(name === model.defaultLayer ? null : name)}
          />
        ))}
      </div>
      {status !== 'error' && !found && <p className="visually-hidden">Explaining the layers.</p>}
    </section>
  );
}

/** What the strip is of, the same object while its key is; that of before while another one is on its way. */
function useStripSubject(key: string | null) {
  const last = useRef<ReturnType<typeof stripSubject>>(null);
  if (key !== null && last.current?.key !== key)
    last.current = stripSubject(explainStore.getState());
  return last.current;
}

interface LayerButtonProps {
  readonly name: string;
  /** Name of the maps' method. */
  readonly title: string;
  /** Whether the maps at hand are this network's. */
  readonly answered: boolean;
  readonly chosen: boolean;
  onChoose(): void;
}

function LayerButton({ name, title, answered, chosen, onChoose }: LayerButtonProps) {
  const map = useStore(layerStripStore, ({ found }) =>
    answered ? found?.find(({ layer }) => layer === name)?.map : undefined,
  );
  const palette = useStore(viewStore, (view) => view.palette);
  const rowsDown = useStore(displayStore, (display) => display.volume?.rowsDown);
  const grid = useGrid(name);
  const picture = useMemo(() => {
    if (!map) return null;
    const limit = Math.max(Math.abs(map.min), Math.abs(map.max));
    const projection = projectionOf(map.data, spatial(map.shape));
    return mapPicture(projection, limit, PALETTES[palette], rowsDown);
  }, [map, palette, rowsDown]);
  const sum = map ? `; ${title} sums to ${formatValue(writtenSum(map))}` : '';
  return (
    <Tooltip text={`${name}${grid ? `, ${grid}` : ''}${sum}`} side="top">
      <button
        type="button"
        className={classes(styles.layer, chosen && styles.chosen)}
        aria-current={chosen}
        aria-label={`${name}${grid ? `, ${grid}` : ''}`}
        tabIndex={chosen ? 0 : -1}
        data-stop
        onClick={onChoose}
      >
        <span className={styles.frame}>
          {picture && <Picture picture={picture} blocks className={styles.picture} />}
        </span>
        <span className={styles.name}>{name}</span>
        <span className={styles.grid}>{grid?.replace(/ of .*/, '')}</span>
      </button>
    </Tooltip>
  );
}

function useGrid(name: string): string | null {
  const layer = useStore(networkStore, ({ model }) =>
    model?.layers.find((one) => one.name === name),
  );
  const inputShape = useStore(networkStore, ({ model }) => model?.inputShape);
  const volume = useStore(displayStore, (display) => display.volume);
  const unit = useStore(viewStore, (view) => view.lengthUnit);
  if (!layer || !inputShape || !volume) return null;
  return layerGrid(inputShape, layer.shape, volume, lengthUnitOf(volume, unit));
}
