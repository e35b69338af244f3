import { isAborted, sentence } from '../../core/errors.ts';
import { targetKey } from '../../core/target/index.ts';
import {
  askingNetwork,
  type Reading,
  readingScope,
  tryReadings,
  type WhatIf,
} from '../../core/whatif/index.ts';
import { type Normalization, usualScaling } from '../../core/volume/index.ts';
import { outputOf } from '../aim.ts';
import type { Answer, ExplainState } from '../explain.ts';
import { isPicture, networkBox, ownGrid, requestFor, subjectOf } from '../prepare.ts';
import type { StoreSet } from '../set.ts';
import { statsOf } from '../stats.ts';
import type { Services } from '../types.ts';
import { type InputOptions, optionsOf } from '../volumes.ts';
import { NOTHING_TRIED } from '../whatIf.ts';

export interface WhatIfActions {
  /** Tries other readings of the volume that is explained; any explanation that is asked for meanwhile stops it. */
  tryReadings(): Promise<void>;
  /** The same where it takes no time worth mentioning, or was done before. */
  tryCheapReadings(): Promise<void>;
}

/** Milliseconds that nobody is asked for. */
const CHEAP = 2500;
/** About as many readings are tried. */
const READINGS = 12;

/** Answers that are remembered. */
const LIMIT = 6;

/**
 * Same key, same readings and answers; null while there is no answer, or one that is about to be replaced, and for tiles,
 * which were read with the volume that they are of.
 */
export function whatIfKey({ answer, stale, aim }: ExplainState): string | null {
  if (!answer || stale || answer.item.tile) return null;
  const { output, target } = aim;
  return [
    answer.prepared.key,
    output ?? '',
    target?.kind === 'similarity' ? targetKey(target) : '',
  ].join('|');
}

export function createWhatIfActions(set: StoreSet, services: () => Services): WhatIfActions {
  const { explain, volumes, whatIf } = set;
  const known = new Map<string, WhatIf>();
  /** Milliseconds that a forward pass took; nothing is measured where its values were still there. */
  const forward = new Map<string, number>();
  let run: AbortController | null = null;

  explain.subscribe(({ status, answer }, before) => {
    if (answer && answer !== before.answer && answer.result.timing.forward > 0)
      forward.set(answer.model.id, answer.result.timing.forward);
    if (status !== 'running' || before.status === 'running' || !run) return;
    run.abort();
    run = null;
    whatIf.setState(NOTHING_TRIED);
  });

  const tryAll = async () => {
    const state = explain.getState();
    const key = whatIfKey(state);
    const { answer } = state;
    if (!answer || key === null || (run && whatIf.getState().key === key)) return;
    const before = known.get(key);
    if (before) {
      whatIf.setState({ ...NOTHING_TRIED, key, status: 'ready', found: before });
      return;
    }
    run?.abort();
    const abort = new AbortController();
    run = abort;
    whatIf.setState({ ...NOTHING_TRIED, key, status: 'running' });
    try {
      const options = optionsOf(volumes.getState(), answer.item.id);
      const found = await tried(services(), answer, state, options, abort.signal, (fraction) => {
        if (!abort.signal.aborted) whatIf.setState({ fraction });
      });
      if (abort.signal.aborted) return;
      known.set(key, found);
      for (const old of known.keys()) if (known.size > LIMIT) known.delete(old);
      whatIf.setState({ status: 'ready', found });
    } catch (error) {
      if (abort.signal.aborted || isAborted(error)) return;
      whatIf.setState({ status: 'error', error: sentence(error) });
    } finally {
      if (run === abort) run = null;
    }
  };
  return {
    tryReadings: tryAll,
    async tryCheapReadings() {
      const state = explain.getState();
      const key = whatIfKey(state);
      const took = state.answer && forward.get(state.answer.model.id);
      if (key === null || whatIf.getState().key === key) return;
      if (known.has(key) || (took && took * READINGS < CHEAP)) await tryAll();
    },
  };
}

async function tried(
  { engine, prepare }: Services,
  { item, model, result }: Answer,
  { aim }: Pick<ExplainState, 'aim'>,
  options: InputOptions,
  signal: AbortSignal,
  onProgress: (fraction: number) => void,
): Promise<WhatIf> {
  const { sidecar } = model;
  const picture = isPicture(item);
  const own: Normalization = sidecar.normalization ?? (picture ? usualScaling(model) : 'none');
  const grid = ownGrid(item);
  const [x, y, z] = grid.voxelSize;
  const { output, target } = aim;
  const scope = readingScope(model.id, output, target);
  const subject = subjectOf(item);
  const box = networkBox(model)!;
  return tryReadings(
    {
      now: readingOf(options),
      own,
      voxelSize: grid.voxelSizeKnown ? Math.cbrt(x * y * z) : null,
      trained: sidecar.voxelSize ?? null,
      picture,
    },
    {
      batch: await engine.batchSize(scope),
      names: model.classes,
      isEmbedding: outputOf(model, aim).embedding || result.target.kind === 'value',
      async prepare(reading) {
        const request = requestFor(model, box, { ...options, ...reading }, subject);
        const { volume, input } = await prepare(item, request);
        const { mean, std } = statsOf(volume.data);
        return { data: input, rawMean: std > 0 ? mean / std : null };
      },
      ...askingNetwork(model, own, scope, (question) => engine.explainBatch(question, { signal })),
      onProgress,
    },
  );
}

function readingOf({ invert, normalization, fit, voxelScale }: InputOptions): Reading {
  return { invert, normalization, fit, voxelScale };
}
