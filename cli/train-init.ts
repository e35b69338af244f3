import { createHash } from 'node:crypto';
import { basename, dirname, resolve } from 'node:path';
import { readNetwork } from '../src/engine/node.ts';
import { type InitReport, initialize, type TrainableNetwork } from '../src/engine/train/index.ts';
import { resolveModel } from './models.ts';

/** The network whose weights a run starts from. */
export interface Initial {
  /** What the recipe says of it: nothing that depends on this machine. */
  readonly identity: { readonly model: string; readonly title?: string; readonly sha256: string };
  /** Copies the weights that fit. */
  into(network: TrainableNetwork, classes: readonly string[]): InitReport;
}

/** Reads a bundled network by its id, or one by its path. */
export async function readInitial(model: string): Promise<Initial> {
  const artifacts = await readNetwork(resolveModel(model));
  const path = resolve(model);
  const sha256 = createHash('sha256').update(new Uint8Array(artifacts.weightData)).digest('hex');
  return {
    identity: {
      model: basename(basename(path) === 'model.json' ? dirname(path) : path),
      title: artifacts.sidecar.title,
      sha256: sha256.slice(0, 16),
    },
    into: (network, classes) => {
      const own = artifacts.sidecar.classes ?? [];
      const common = own.every((name, i) => name === classes[i]) ? own.length : 0;
      return initialize(network, artifacts, common);
    },
  };
}

/** `Starting from cnn-2-inf: conv1, conv2; fresh: fc1 (8000x512 there, 64000x512 here).` */
export function initLine({ identity }: Initial, { taken, fresh }: InitReport): string {
  const rest = fresh.map(({ layer, why }) => `${layer} (${why})`).join(', ');
  return `Starting from ${identity.model}: ${taken.join(', ')}${rest && `; fresh: ${rest}`}.`;
}
