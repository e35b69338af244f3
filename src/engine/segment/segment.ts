import { aborted, AppError, badInput } from '../../core/errors.ts';
import {
  backgroundOf,
  Blender,
  blendingBytes,
  componentsOf,
  copied,
  Decider,
  inverseAxes,
  type Labels,
  type Members,
  labelledChannels,
  type OutputMeaning,
  planTiles,
  restored,
  spaceOf,
  type TileCopy,
  tileCopies,
  tileStart,
  tileValues,
  tilingOf,
  turned,
  turnedShape,
} from '../../core/segmentation/index.ts';
import { boxText, computeStats } from '../../core/volume/index.ts';
import { DeviceFailure } from '../backends/failure.ts';
import { computeActivations, releaseActivations } from '../explain/activations.ts';
import type { MemoryPlan } from '../explain/slabs.ts';
import type { TaskYielder } from '../explain/yielder.ts';
import { type Aim, aimOf, type LoadedModel, mainView } from '../loaded.ts';
import type { Segmentation, SegmentRequest, TaskOptions } from '../types.ts';

/** More than the averages of overlapping tiles may take, no browser gives. */
const MOST_BYTES = 3 * 2 ** 30;

/** The output for one tile, `[z, y, x, channel]` flattened. */
export type TileRunner = (values: Float32Array) => Promise<Float32Array>;

/** The main output as the network gives it: what its tool averages, too. */
export const wholeOutput = (loaded: LoadedModel): Aim =>
  aimOf(loaded, { target: { kind: 'value' } });

/**
 * Runs a network over a volume, tile by tile.
 *
 * @throws AppError `bad-input` for a network without an output in space, or one that takes no volumes
 */
export async function segment(
  loaded: LoadedModel,
  request: SegmentRequest,
  run: TileRunner,
  { signal, onProgress }: TaskOptions,
): Promise<Omit<Segmentation, 'backend'>> {
  const start = performance.now();
  const { info } = loaded;
  const { shape, input } = request;
  checkVolume(loaded, request);
  const tiling = tilingOf(info.sidecar.tiling, request.tiling);
  const meaning = meaningOf(loaded);
  const { graph } = wholeOutput(loaded).view.network;
  const tile = spaceOf(info.inputShape);
  const out = spaceOf(graph.nodes[graph.scores].shape);
  const { axes } = tiling;
  const volume = { data: turned(input, shape, axes), shape: turnedShape(shape, axes) };
  const plan = planTiles(volume.shape, tile, out, tiling);
  if (blendingBytes(plan, meaning.channels) > MOST_BYTES) {
    throw new AppError(
      'unsupported',
      `averaging ${meaning.channels} channels over tiles of ${boxText(tile)} in a volume of ${boxText(shape)} takes more memory than there is; accepted: a smaller tile, or a part of the volume`,
    );
  }
  const decider = new Decider(plan.shape, meaning, request.probabilities);
  const blender = new Blender(plan, meaning.channels, (slice) => decider.take(slice));
  const fill = computeStats(input).mean;
  const copies = tileCopies(tiling, tile, out);
  let done = 0;
  for (const index of blender.tiles()) {
    if (signal?.aborted) throw aborted();
    onProgress?.({ stage: 'Segmenting the volume', fraction: done++ / plan.count });
    const values = tileValues(volume, tileStart(plan, index), tile, { ...tiling, fill });
    blender.add(index, await averaged(values, tile, out, copies, run));
  }
  blender.finish();
  onProgress?.({ stage: 'Finding what hangs together' });
  const back = <A extends Uint8Array | Float32Array | Members>(values: A) =>
    turned(values, plan.shape, inverseAxes(axes));
  const found = decider.result();
  const labels: Labels = {
    ...found,
    shape: turnedShape(plan.shape, inverseAxes(axes)),
    labels: back(found.labels),
    certainty: back(found.certainty),
    members: found.members && back(found.members),
  };
  return {
    ...labels,
    probabilities: decider.probabilities?.map(back) ?? null,
    channels: labelledChannels(meaning),
    components: componentsOf(labels),
    meaning,
    plan,
    tiling,
    milliseconds: performance.now() - start,
  };
}

/** The mean of the outputs for the copies of a tile, each as the tile lies. */
async function averaged(
  values: Float32Array,
  tile: readonly [number, number, number],
  out: readonly [number, number, number],
  copies: readonly TileCopy[],
  run: TileRunner,
): Promise<Float32Array> {
  let sum: Float32Array | undefined;
  for (const copy of copies) {
    const output = restored(await run(copied(values, tile, copy)), out, copy);
    if (copies.length === 1) return output;
    if (sum) for (let i = 0; i < sum.length; i++) sum[i] += output[i] / copies.length;
    else sum = output.map((value) => value / copies.length);
  }
  return sum as Float32Array;
}

function checkVolume(loaded: LoadedModel, { input, shape }: SegmentRequest): void {
  const { info, opened } = loaded;
  const { inputShape, outputs } = info;
  if (outputs[0].shape.length < 3) {
    throw badInput(
      `${opened.label}: its output ${outputs[0].name} has shape [${outputs[0].shape.join(', ')}]; accepted: a network with an output in space, a score of each class for each voxel`,
    );
  }
  const { graph } = mainView(loaded).network;
  if (graph.nodes[graph.scores].declared.embedding)
    throw badInput(
      `${opened.label}: its output ${outputs[0].name} is an embedding of each voxel, not scores of classes; accepted: a network with a score of each class for each voxel`,
    );
  const channels = inputShape[inputShape.length - 1];
  const { sections } = tilingOf(info.sidecar.tiling);
  const known =
    inputShape.length === 4
      ? channels === 1
      : inputShape.length === 3 && (channels === 1 || channels === sections);
  if (!known) {
    throw badInput(
      `${opened.label}: its input has shape [${inputShape.join(', ')}]; accepted: networks of volumes or images of one channel`,
    );
  }
  if (input.length !== shape[0] * shape[1] * shape[2])
    throw badInput(`the input holds ${input.length} values; its shape is ${boxText(shape)}`);
}

/** What the channels of the main output stand for. */
function meaningOf(loaded: LoadedModel): OutputMeaning {
  const { info } = loaded;
  const { graph } = mainView(loaded).network;
  const { declared, shape } = graph.nodes[graph.scores];
  const channels = shape[shape.length - 1];
  const independent = declared.independent ?? channels === 1;
  const { removed } = info.outputs[0];
  return {
    channels,
    independent,
    background: backgroundOf(info.classes, independent, info.sidecar.tiling?.background),
    probabilities: removed === 'softmax' || removed === 'sigmoid',
  };
}

/** The main output for one tile, of which nothing else is kept. */
export async function outputOfTile(
  { view: { network } }: Aim,
  values: Float32Array,
  shape: readonly number[],
  yielder: TaskYielder,
  plan: MemoryPlan,
): Promise<Float32Array> {
  const batch = { inputs: [values], shape, size: 1 };
  const from = await computeActivations(network, batch, yielder, plan, network.graph.scores);
  try {
    const { output } = from.volumes[0];
    if (!output.every(Number.isFinite))
      throw new DeviceFailure('numbers', 'The network gives values that are no numbers.');
    return output;
  } finally {
    releaseActivations(from);
  }
}
