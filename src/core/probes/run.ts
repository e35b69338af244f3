import type { CamMethod } from '../cam/types.ts';
import type { Shape3 } from '../volume/index.ts';
import { PROBE_IDS, PROBES, type ProbeId } from './probes.ts';
import { type Similarity, similarityOf } from './similarity.ts';

/** What is kept of an explanation of one class. */
export interface ExplainedClass {
  readonly predicted: number;
  readonly score: number;
  /** Maps `[z, y, x]` or `[y, x]` of their own shapes. */
  readonly maps: Readonly<
    Partial<Record<CamMethod, { readonly data: Float32Array; readonly shape: readonly number[] }>>
  >;
}

/** By method: how like its map is to that of the network and input as they are. */
export type Similarities = Readonly<Partial<Record<CamMethod, Similarity>>>;

export interface ProbeResult {
  readonly probe: ProbeId;
  /** What the network answers now, and the score of the class that is explained. */
  readonly predicted: number;
  readonly score: number;
  readonly methods: Similarities;
}

interface Input {
  /** `[…space, channels]` */
  readonly input: Float32Array;
  readonly space: Shape3;
  readonly channels: number;
}

type Progress = (fraction: number) => void;

/** Changes an input in all ways that apply to it, explains it again, and brings the maps back. */
export async function runProbes(
  { input, space, channels }: Input,
  original: ExplainedClass,
  explain: (input: Float32Array) => Promise<ExplainedClass>,
  onProgress: Progress,
): Promise<ProbeResult[]> {
  const ids = PROBE_IDS.filter((id) => PROBES[id].applies(space, channels));
  const results: ProbeResult[] = [];
  for (const [i, probe] of ids.entries()) {
    onProgress(i / ids.length);
    const { change, back } = PROBES[probe];
    const { predicted, score, maps } = await explain(change(input, space[0], channels));
    const methods = similarities(original, maps, (map, shape) =>
      // A layer that is no cube cannot be turned back.
      shape.every((n) => n === shape[0]) ? back(map, shape[0]) : null,
    );
    results.push({ probe, predicted, score, methods });
  }
  return results;
}

/** One step of the cascade: the layers that are shuffled, from the scores on, and what is left of the maps. */
export interface CascadeStep {
  readonly layers: readonly string[];
  readonly methods: Similarities;
}

/**
 * Shuffles the weights of one layer more at each step, from the scores down, and compares the maps with the original ones
 * (cascading randomisation, Adebayo et al., NeurIPS 2018).
 *
 * @param explain with the last `layers` layers shuffled
 */
export async function runCascade(
  original: ExplainedClass,
  explain: (
    layers: number,
  ) => Promise<
    Pick<ExplainedClass, 'maps'> & { readonly layers: readonly string[]; readonly of: number }
  >,
  onProgress: Progress,
): Promise<CascadeStep[]> {
  const steps: CascadeStep[] = [];
  for (let count = 1, of = 1; count <= of; count++) {
    const found = await explain(count);
    of = found.of;
    onProgress(count / of);
    if (of > 0) {
      const methods = similarities(original, found.maps, (map) => map);
      steps.push({ layers: found.layers, methods });
    }
  }
  return steps;
}

function similarities(
  original: ExplainedClass,
  maps: ExplainedClass['maps'],
  back: (map: Float32Array, shape: readonly number[]) => Float32Array | null,
): Similarities {
  const rows = Object.entries(maps).flatMap(([method, { data, shape }]) => {
    const before = original.maps[method as CamMethod];
    const now = back(data, shape);
    return before && now ? [[method, similarityOf(before.data, now)] as const] : [];
  });
  return Object.fromEntries(rows);
}
