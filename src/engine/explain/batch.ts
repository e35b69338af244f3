import type { NodeId } from '../graph/types.ts';
import type { BackendName } from '../types.ts';
import { lastReaders } from './forward.ts';
import { type Planned, weightCount } from './network.ts';
import { bytesOf } from './slabs.ts';

/** Values or gradients at one node stay below this on the backend where they can be cut. */
export const STEP_BYTES = 64 * 2 ** 20;

/** What one batch may take. */
export interface BatchLimits {
  readonly volumes: number;
  /** Of values that the forward pass holds at a time. */
  readonly bytes: number;
  /** Of the values of all volumes at one node, and of the gradients of all volumes and classes there. */
  readonly stepBytes: number;
  /** Floating point operations, forward and backward. */
  readonly operations: number;
}

/**
 * What each kind of device does in about a second, at rates met with CNN-1: wasm 80 GFLOP/s on two
 * processors, a graphics driver that computes on the processor 2, plain JavaScript 0.2.
 */
const OPERATIONS = { wasm: 64e9, webgpu: 256e9, cpu: 0.2e9 };
const SOFTWARE_OPERATIONS = 4e9;

/** The rows that the wasm products take at a time; up to 16 volumes gained no more. */
const VOLUMES = 6;

export function batchLimits(backend: BackendName, software: boolean): BatchLimits {
  return {
    volumes: VOLUMES,
    bytes: 192 * 2 ** 20,
    stepBytes: STEP_BYTES,
    operations: software ? SOFTWARE_OPERATIONS : OPERATIONS[backend],
  };
}

/**
 * How many volumes to compute together for the maps of `classes` classes at the nodes `targets`; one where
 * not even two stay within the limits.
 */
export function batchSize(
  network: Planned,
  targets: readonly NodeId[],
  classes: number,
  limits: BatchLimits,
): number {
  const first = Math.min(...targets);
  const bytes = valueBytes(network);
  const fitting = [
    limits.bytes / heldBytes(network, first),
    limits.stepBytes / Math.max(...bytes),
    limits.stepBytes / (classes * Math.max(...bytes.slice(first))),
    limits.operations / operations(network, first, classes),
  ];
  return Math.max(1, Math.min(limits.volumes, ...fitting.map(Math.floor)));
}

/** Classes of each of `volumes` volumes whose gradients back to the first of `targets` fit into one walk. */
export function chunkSize(network: Planned, volumes: number, targets: Iterable<number>): number {
  const first = Math.min(...targets);
  const widest = Math.max(...valueBytes(network).slice(first));
  return Math.max(1, Math.floor(STEP_BYTES / (volumes * widest)));
}

/** By node; none for those that are computed together with what reads them. */
function valueBytes({ graph, stages }: Planned): number[] {
  const bytes = graph.nodes.map(() => 0);
  for (const { node } of stages) bytes[node] = bytesOf(graph, node);
  return bytes;
}

/** Most bytes that the values of one volume take at a time when a forward pass keeps those from `keepFrom`. */
function heldBytes(network: Planned, keepFrom: number): number {
  const last = lastReaders(network);
  const bytes = valueBytes(network);
  const held = bytes.map((_, now) => {
    const live = bytes.filter(
      (_, i) => i <= now && (i >= keepFrom || last[i] >= Math.min(now, keepFrom + 1)),
    );
    return live.reduce((sum, size) => sum + size, 0);
  });
  return Math.max(...held);
}

/** A gradient passes a layer at the cost of the layer itself. */
function operations({ graph }: Planned, first: number, classes: number): number {
  let sum = 0;
  for (const [id, node] of graph.nodes.entries()) {
    // Each weight meets each position of the output once.
    const positions = node.shape.slice(0, -1).reduce((product, size) => product * size, 1);
    sum += 2 * weightCount(graph, node) * positions * (id > first ? 1 + classes : 1);
  }
  return sum;
}
