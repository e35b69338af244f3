import type { ReactNode } from 'react';
import { useStore } from 'zustand';
import { lengthUnitOf } from '../core/volume/index.ts';
import { layerGrid } from '../core/where/index.ts';
import {
  actions,
  currentVolume,
  displayStore,
  explainStore,
  type ModelInfo,
  networkStore,
  shownClass,
  shownResult,
  viewStore,
  volumesStore,
} from '../state/index.ts';
import { Select } from '../ui/Select.tsx';
import { pickFiles } from '../ui/pickFiles.ts';
import { formatValue } from '../core/color/index.ts';
import { NETWORK_ACCEPT, openFiles } from './openFiles.ts';
import styles from './Pickers.module.css';

export function VolumePicker({ className }: { readonly className?: string }) {
  const items = useStore(volumesStore, (state) => state.items);
  const gallery = useStore(volumesStore, (state) => state.gallery);
  const current = useStore(volumesStore, currentVolume);
  const own = items.filter((item) => !item.sample);
  const levels = [...new Set(gallery.map(({ snr }) => snr))];
  return (
    <Select
      className={className}
      label="Volume"
      value={current ? (current.sample?.id ?? current.id) : null}
      placeholder="Drop a volume"
      onChange={(id) =>
        gallery.some((one) => one.id === id)
          ? void actions.chooseSample(id)
          : actions.chooseVolume(id)
      }
      groups={[
        { label: 'Opened', items: own.map(({ id, name }) => ({ value: id, label: name })) },
        ...levels.map((snr) => ({
          label: snr === 'inf' ? 'Samples without noise' : `Samples at SNR ${snr}`,
          items: gallery
            .filter((one) => one.snr === snr)
            .map((one) => ({ value: one.id, label: one.title })),
        })),
      ].filter(({ items: some }) => some.length > 0)}
    />
  );
}

/** Entries that open a network instead of choosing one. */
const OPEN = {
  '+files': { label: 'Open a network…', dialog: { accept: NETWORK_ACCEPT } },
  '+folder': { label: 'Open its folder…', dialog: { folder: true } },
} as const;

const ABOUT = '+about';

interface NetworkPickerProps {
  readonly onAbout?: () => void;
}

export function NetworkPicker({ onAbout }: NetworkPickerProps) {
  const catalogue = useStore(networkStore, (state) => state.catalogue);
  const model = useStore(networkStore, (state) => state.model);
  const chosen = useStore(networkStore, (state) => state.chosenId);
  const bundled = catalogue.map(({ id, title }) => ({ value: id, label: title }));
  const foreign = model && !catalogue.some(({ id }) => id === model.id);
  const accuracy = model?.sidecar.accuracy;
  return (
    <Select
      label={
        accuracy
          ? `Network; ${(accuracy.value * 100).toFixed(1)}% right on ${accuracy.n} ${accuracy.set}`
          : 'Network'
      }
      value={chosen}
      placeholder="Open a network"
      shown={
        accuracy && chosen === model?.id ? (
          <Detailed
            name={bundled.find(({ value }) => value === chosen)?.label ?? model.title}
            detail={`${(accuracy.value * 100).toFixed(1)}% right`}
          />
        ) : undefined
      }
      onChange={(id) => {
        const ask = OPEN[id as keyof typeof OPEN];
        if (id === ABOUT) onAbout?.();
        else if (ask) void pickFiles(ask.dialog).then(openFiles);
        else void actions.chooseNetwork(id);
      }}
      groups={[
        { items: bundled },
        ...(foreign ? [{ label: 'Opened', items: [{ value: model.id, label: model.title }] }] : []),
        {
          label: 'Your own',
          items: [
            ...Object.entries(OPEN).map(([value, { label }]) => ({ value, label })),
            ...(onAbout && model ? [{ value: ABOUT, label: 'About this network…' }] : []),
          ],
        },
      ]}
    />
  );
}

const GRAPH = '+graph';

interface LayerPickerProps {
  /** Opens the graph of the layers. */
  readonly onGraph?: () => void;
}

export function LayerPicker({ onGraph }: LayerPickerProps) {
  const model = useStore(networkStore, (state) => state.model);
  const wanted = useStore(explainStore, (state) => state.layer);
  const layers = model?.layers ?? [];
  const grid = useGridOf(
    model,
    layers.find(({ name }) => name === (wanted ?? model?.defaultLayer)),
  );
  const value = layers.some(({ name }) => name === wanted) ? wanted : (model?.defaultLayer ?? null);
  return (
    <Select
      label="Layer to explain"
      value={value}
      placeholder="–"
      shown={grid && value !== null ? <Detailed name={value} detail={grid} /> : undefined}
      onChange={(name) =>
        name === GRAPH
          ? onGraph?.()
          : actions.chooseLayer(name === model?.defaultLayer ? null : name)
      }
      groups={[
        {
          items: layers.map(({ name, shape }) => ({
            value: name,
            label: name,
            detail: shape.join('×'),
          })),
        },
        ...(model && onGraph ? [{ items: [{ value: GRAPH, label: 'Choose in the graph…' }] }] : []),
      ]}
    />
  );
}

/** The grid of a layer in the volume shown, e.g. `5³ of 8 nm`; null where its voxel size is not known. */
function useGridOf(
  model: ModelInfo | null,
  layer: ModelInfo['layers'][number] | undefined,
): string | null {
  const volume = useStore(displayStore, (display) => display.volume);
  const unit = useStore(viewStore, (view) => view.lengthUnit);
  if (!model || !layer || !volume) return null;
  return layerGrid(model.inputShape, layer.shape, volume, lengthUnitOf(volume, unit));
}

export function ClassPicker() {
  const model = useStore(explainStore, (state) => state.answer?.model);
  const result = useStore(explainStore, shownResult);
  const replaced = useStore(explainStore, (state) => state.answer?.lastClass != null);
  const shown = useStore(explainStore, shownClass);
  const byScore = result
    ? Array.from(result.scores, (score, index) => ({ score, index })).sort(
        (a, b) => b.score - a.score,
      )
    : [];
  return (
    <Select
      label="Class to explain"
      value={shown === null || !result ? null : String(shown)}
      placeholder="–"
      disabled={replaced}
      onChange={(value) =>
        actions.chooseClass(Number(value) === result?.predicted ? null : Number(value))
      }
      groups={[
        {
          items: byScore.map(({ score, index }) => ({
            value: String(index),
            label: model?.classes[index] ?? `Class ${index + 1}`,
            detail: formatValue(score),
          })),
        },
      ]}
    />
  );
}

/** What is chosen, with a detail where there is room for all of it. */
function Detailed({ name, detail }: { readonly name: string; readonly detail: string }) {
  return (
    <span className={styles.detailed}>
      <span>{name}</span> <span className={styles.detail}>{detail}</span>
    </span>
  );
}

/** A picker in a form, with what it picks over it. */
export function Picker({
  caption,
  children,
}: {
  readonly caption: string;
  readonly children: ReactNode;
}) {
  return (
    <div className={styles.picker}>
      <span className={styles.pickerCaption} aria-hidden="true">
        {caption}
      </span>
      {children}
    </div>
  );
}
