import { useState } from 'react';
import { useStore } from 'zustand';
import {
  BLENDING_IDS,
  BLENDINGS,
  type Blending,
  overlapVoxels,
  spaceOf,
  tileCopies,
  tileCopiesOf,
  tilingOf,
} from '../../core/segmentation/index.ts';
import { sameVoxelSize } from '../../core/volume/index.ts';
import {
  actions,
  isDense,
  type ModelInfo,
  nanometres,
  networkStore,
  optionsOf,
  segmentationStore,
  size,
  type VolumeItem,
  volumesStore,
  wholeOf,
} from '../../state/index.ts';
import { Button } from '../../ui/Button.tsx';
import { FileButton } from '../../ui/FileButton.tsx';
import { FormRow } from '../../ui/FormRow.tsx';
import { NumbersField } from '../../ui/NumbersField.tsx';
import { Progress } from '../../ui/Progress.tsx';
import { Select } from '../../ui/Select.tsx';
import { Switch } from '../../ui/Switch.tsx';
import { NETWORK_ACCEPT, openFiles, VOLUME_ACCEPT } from '../openFiles.ts';
import { NetworkPicker, Picker } from '../Pickers.tsx';
import styles from './segmentation.module.css';

/** Which network runs over which volume, and how; starts and stops it. */
export function SegmentForm() {
  const item = useStore(volumesStore, wholeOf);
  const model = useStore(networkStore, (state) => state.model);
  return (
    <>
      <section className="panel-section" aria-label="Network">
        <Picker caption="Network">
          <NetworkPicker />
        </Picker>
        {!(model && isDense(model)) && (
          <FileButton accept={NETWORK_ACCEPT} onFiles={(files) => void openFiles(files)}>
            Open a network…
          </FileButton>
        )}
      </section>
      <section className="panel-section" aria-label="Volume">
        {item && (
          <p className={styles.subject} title={item.name}>
            <strong>{item.name}</strong>
            <span className="small">{volumeText(item)}</span>
          </p>
        )}
        <FileButton accept={VOLUME_ACCEPT} onFiles={(files) => void openFiles(files)}>
          {item ? 'Open another volume…' : 'Open a volume…'}
        </FileButton>
        <Opening />
      </section>
      <section className="panel-section" aria-label="Run">
        <Run item={item} model={model} />
      </section>
    </>
  );
}

const volumeText = ({ volume }: VolumeItem) =>
  `${size(volume.shape)} voxels${volume.voxelSizeKnown ? ` of ${nanometres(volume.voxelSize[0])}` : ''}`;

function Opening() {
  const opening = useStore(volumesStore, (state) => state.opening);
  if (!opening) return null;
  const { progress, name } = opening;
  return (
    <Progress
      stage={`${progress.stage} ${name}`}
      fraction={progress.fraction}
      onCancel={actions.cancelOpening}
    />
  );
}

function Run({
  item,
  model,
}: {
  readonly item: VolumeItem | null;
  readonly model: ModelInfo | null;
}) {
  const { status, error, result } = useStore(segmentationStore);
  const loading = useStore(networkStore, (state) => state.progress);
  if (loading) return <Progress {...loading} onCancel={actions.cancelNetwork} />;
  if (status === 'running') return null;
  if (!model || !item) return null;
  if (!isDense(model)) {
    return (
      <p className="small">
        {model.title} gives one answer for a whole box. Here networks run that say something of each
        voxel: MemBrain-seg, nnU-Net, octopi, DeePiCt, DeepFinder, Ais, easymode, TopCUP and their
        like.
      </p>
    );
  }
  const isShown = result?.item.id === item.id && result.model.id === model.id;
  return (
    <>
      <Choices item={item} model={model} />
      <Button tone="primary" onClick={() => void actions.segment()}>
        {isShown ? 'Segment again' : 'Segment the volume'}
      </Button>
      {result && !isShown && (
        <p className="small" role="status">
          What {result.model.title} found in {result.item.name} is still shown.
        </p>
      )}
      {status === 'error' && (
        <p className="remark" role="alert">
          {error}
        </p>
      )}
    </>
  );
}

/** How it is run: as the network's tool does, but for what takes long or changes the grid. */
function Choices({ item, model }: { readonly item: VolumeItem; readonly model: ModelInfo }) {
  const choice = useStore(segmentationStore, (state) => state.choice);
  const { invert } = useStore(volumesStore, (state) => optionsOf(state, item.id));
  const { sidecar, inputShape } = model;
  const { voxelSize, voxelSizeKnown } = item.volume;
  const expected = sidecar.voxelSize;
  const other = expected !== undefined && voxelSizeKnown && !sameVoxelSize(voxelSize, expected);
  const tile = spaceOf(inputShape);
  const copies = sidecar.tiling?.mirror ? tileCopies(tileCopiesOf(sidecar.tiling), tile, tile) : [];
  const turns = copies.some(({ exchange }) => exchange.length > 0);
  return (
    <>
      {!takesTiles(model) && <p className="small">Tiles of {size(spaceOf(inputShape))} voxels.</p>}
      {sidecar.contrast && <p className="small">Molecules are to be {sidecar.contrast}.</p>}
      <TilingFields model={model} />
      {inputShape.length === 3 && <p className="small">It takes the volume section by section.</p>}
      {other && (
        <Switch
          label={`Resample to ${nanometres(expected)}`}
          checked={choice.resample}
          onChange={(resample) => actions.chooseSegmentation({ resample })}
        />
      )}
      <Switch
        label="Invert contrast"
        checked={invert}
        onChange={(next) => actions.invertVolume(item.id, next)}
      />
      {copies.length > 1 && (
        <Switch
          label={`Mirrored ${turns ? 'and turned ' : ''}tiles too (${copies.length}×)`}
          checked={choice.mirror}
          onChange={(mirror) => actions.chooseSegmentation({ mirror })}
        />
      )}
    </>
  );
}

/** Whether the size of a network's tiles can be chosen. */
const takesTiles = ({ inputDeclared, inputShape }: ModelInfo) =>
  inputDeclared.open === true && inputShape.length === 4;

const LARGEST_TILE = 4096;

/** Edges along x, y and z, or one of a cube; `[z, y, x]`, or null where they are none. */
function tileOf(values: readonly number[]): number[] | null {
  const [x, y, z] = values.length === 1 ? [values[0], values[0], values[0]] : values;
  const tile = [z, y, x].map(Math.round);
  return tile.every((n) => n >= 1 && n <= LARGEST_TILE) ? tile : null;
}

/** Size of the tiles and how they are put together; at first as the network's tool does it. */
function TilingFields({ model }: { readonly model: ModelInfo }) {
  const { sidecar, inputShape } = model;
  const chosen = useStore(segmentationStore, (state) => state.choice.tiling);
  const usual = tilingOf(sidecar.tiling);
  const { overlap, blending } = { ...usual, ...chosen };
  const [refused, setRefused] = useState(false);
  const edge = Math.max(...spaceOf(inputShape));
  const change = (part: Partial<typeof chosen>) =>
    actions.chooseSegmentation({ tiling: { ...chosen, ...part } });
  return (
    <>
      {takesTiles(model) && (
        <FormRow label="Tile, voxels">
          <NumbersField
            label="Edges of a tile along x, y and z, or one of a cube; sides become multiples of what the network halves by"
            limit={3}
            className={styles.tile}
            values={[...spaceOf(inputShape)].reverse()}
            onCommit={(values) => {
              const tile = tileOf(values);
              setRefused(tile === null);
              if (tile) void actions.chooseTile(tile);
            }}
          />
        </FormRow>
      )}
      {refused && (
        <p className="remark" role="status">
          A tile has one edge, or three along x, y and z, of 1 to {LARGEST_TILE} voxels.
        </p>
      )}
      <FormRow label="Overlap, voxels">
        <NumbersField
          label="Voxels that neighbouring tiles have in common; below 1 a share of the tile"
          narrow
          limit={1}
          values={[overlapVoxels(overlap, edge)]}
          onCommit={([value]) =>
            change({
              overlap: value < 1 ? Math.max(0, value) : Math.min(edge - 1, Math.round(value)),
            })
          }
        />
      </FormRow>
      <FormRow label="Where they overlap">
        <Select
          label="What counts where tiles overlap"
          value={blending}
          onChange={(value) => change({ blending: value as Blending })}
          groups={[
            {
              items: BLENDING_IDS.map((id) => ({
                value: id,
                label: BLENDINGS[id].label,
                hint: BLENDINGS[id].sentence,
                ...(id === usual.blending && { detail: 'as its tool' }),
              })),
            },
          ]}
        />
      </FormRow>
    </>
  );
}
