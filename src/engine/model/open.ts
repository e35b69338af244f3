import { AppError } from '../../core/errors.ts';
import { axesOf, openTile, turnedShape } from '../../core/segmentation/index.ts';
import type { Reading, ReadNetwork } from '../formats/format.ts';
import { spaceOf } from '../formats/open-size.ts';
import { readNetworkFile } from '../formats/table.ts';
import type { ReadingWith, TaskOptions } from '../types.ts';
import { readMain } from './artifacts.ts';
import { type Labels, readLabels } from './labels.ts';
import { type ReadSidecar, readSidecar } from './sidecar.ts';
import type { ModelFiles } from './source.ts';

/** A network of any format as read, before it is placed on a backend. */
export interface OpenedNetwork extends ReadNetwork, Omit<ReadSidecar, 'notes'> {
  readonly label: string;
  /** The network's own name where it stands for one; else that of its file. */
  readonly title: string;
  /** Names of the classes from a file of their own. */
  readonly labels: Labels | null;
}

/** Reads a network with its weights and sidecar; every way it can fail has its own sentence. */
export async function openNetwork(
  files: ModelFiles,
  { inputShape, tiles, turned }: ReadingWith,
  options: TaskOptions,
): Promise<OpenedNetwork> {
  const beside = readSidecar(files, options);
  beside.catch(() => undefined); // awaited when the network itself is known to be readable
  const file = await readMain(files, options);
  const reading = { file, files, options, inputShape, turned };
  const network = await (tiles ? readForTiles(reading) : readNetworkFile(reading));
  const { label } = files;
  const { inputs, nodes } = network.graph;
  if (inputs.length !== 1) {
    throw new AppError(
      'unsupported',
      `${label}: the network has ${inputs.length} inputs (${inputs.map((id) => nodes[id].name).join(', ')}); accepted: networks with one input`,
    );
  }
  const { sidecar, sidecarName, notes } = await beside;
  const labels = sidecar.classes ? null : await readLabels(files, options);
  const { main } = files;
  const title = main.endsWith('.json') ? network.graph.name : main;
  const { tiling: tools, ...facts } = network.facts ?? {};
  const { tiling: stated, ...own } = sidecar;
  const tiling = { ...tools, ...stated };
  const known = { ...facts, ...own, ...(Object.keys(tiling).length > 0 && { tiling }) };
  const said = [...network.notes, ...notes];
  return { ...network, label, title, sidecar: known, sidecarName, labels, notes: said };
}

/**
 * Reads a network for the tiles in which it is run over a volume, `[z, y, x]`. Only the network read says how large they
 * are and along which axes they lie, so one that leaves its sizes open is read twice where the volume is larger. Networks
 * of images take whole sections where their tool names no tile, those that give one vector the whole volume.
 */
async function readForTiles(reading: Reading): Promise<ReadNetwork> {
  const { inputShape, turned } = reading;
  if (!inputShape) return readNetworkFile(reading);
  const network = await readNetworkFile(reading).catch((error: unknown) => {
    // A size that is too large for a network may still do for its tiles.
    const tile = openTile(undefined, inputShape);
    if (tile.every((n, axis) => n === inputShape[axis])) throw error;
    return readNetworkFile({ ...reading, inputShape: tile });
  });
  const { nodes, inputs, outputs } = network.graph;
  const { shape, declared } = nodes[inputs[0]];
  const own = shape.slice(0, -1);
  const isDense = nodes[outputs[0].node].shape.length === shape.length;
  const tiling = network.facts?.tiling;
  const volume = turned ? undefined : spaceOf(inputShape, 3);
  const space = volume
    ? turnedShape(triple(volume), axesOf(tiling)).slice(-own.length)
    : spaceOf(inputShape, own.length);
  const named = tiling?.tile?.length === own.length;
  if (!declared.open || !isDense || !space || (own.length !== 3 && !named)) return network;
  const tile = openTile(tiling, space);
  if (tile.every((n, axis) => n === own[axis])) return network;
  return readNetworkFile({ ...reading, inputShape: tile });
}

const triple = ([z, y, x]: readonly number[]) => [z, y, x] as const;
