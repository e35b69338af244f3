import { badInput } from '../src/core/errors.ts';
import {
  askingNetwork,
  type Reading,
  readingScope,
  tryReadings,
  type WhatIf,
  whatIfSummary,
} from '../src/core/whatif/index.ts';
import type { Normalization } from '../src/core/volume/index.ts';
import type { Engine, ModelInfo, TargetRequest } from '../src/engine/types.ts';
import type { Io } from './command.ts';
import type { InputFile, NetworkInput } from './network-input.ts';

/** One volume of a file. */
export interface Opened extends Pick<InputFile, 'voxelSize' | 'picture'> {
  /** Prepares it; throws `bad-input` for a reading that cannot be carried out. */
  read(reading: Reading): Promise<NetworkInput>;
}

/** A volume, how it is read now, and what is asked about it. */
export interface WhatIfQuestion extends Opened {
  readonly reading: Reading;
  /** What `model` stands for. */
  readonly own: Normalization;
  readonly request: TargetRequest;
  /** Names of the classes or references. */
  readonly names: readonly string[];
}

/** Tries the other readings of a volume. */
export async function whatIf(
  engine: Engine,
  info: ModelInfo,
  { read, voxelSize, picture, reading, own, request, names }: WhatIfQuestion,
  { note, signal }: Pick<Io, 'note' | 'signal'>,
): Promise<WhatIf> {
  const { sidecar } = info;
  const { output, target } = request;
  const scope = readingScope(info.id, output ?? null, target ?? null);
  const embedding = info.outputs.find(({ name }) => name === output) ?? info.outputs[0];
  note('Trying other readings of the volume.');
  return tryReadings(
    {
      now: reading,
      own,
      voxelSize,
      trained: sidecar.voxelSize ?? null,
      picture,
    },
    {
      batch: await engine.batchSize(scope),
      names,
      isEmbedding: embedding.embedding || target?.kind === 'value',
      prepare: read,
      ...askingNetwork(info, own, scope, (question) => engine.explainBatch(question, { signal })),
      onProgress: () => undefined,
    },
  );
}

/** The factor of `--voxel-scale`. */
export function voxelScaleOf(text: string | undefined): number {
  const factor = Number(text ?? 1);
  if (text?.trim() !== '' && factor >= 0.1 && factor <= 10) return factor;
  throw badInput(`--voxel-scale ${text}; accepted: a factor from 0.1 to 10`);
}

/** What to type to have a reading. */
function flagsOf({ invert, normalization, fit, voxelScale }: Reading): string[] {
  return [
    ...(invert ? ['--invert'] : []),
    ...(normalization === 'model' ? [] : ['--normalize', normalization]),
    ...(fit === 'none' ? [] : ['--fit', fit]),
    ...(voxelScale === 1 ? [] : ['--voxel-scale', String(voxelScale)]),
  ];
}

/** The part `whatIf` of `explain --json`. */
export function whatIfDocument(now: Reading, { tried, inDomain }: WhatIf) {
  return {
    summary: whatIfSummary(tried),
    now: { ...now, inDomain },
    tried: tried.map(({ id, mistake, change, difference, sentence, inDomain: fits }) => {
      const { changes, ...rest } = difference;
      const flags = flagsOf({ ...now, ...change });
      return { id, mistake, changes, sentence, inDomain: fits, change, flags, difference: rest };
    }),
  };
}

/** The readings that change the answer, one line each. */
export function whatIfLines(now: Reading, { tried, inDomain }: WhatIf): string[] {
  const changing = tried.filter(({ difference }) => difference.changes);
  return [
    '',
    whatIfSummary(tried),
    ...changing.map(({ sentence, change, inDomain: fits }) => {
      const like = fits && !inDomain ? ' The input would be like the training volumes.' : '';
      return `  ${sentence}${like} [${flagsOf({ ...now, ...change }).join(' ') || 'no flags'}]`;
    }),
  ];
}
