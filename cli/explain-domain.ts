import {
  domainCheck,
  type DomainFinding,
  inputFeatures,
  type Remedy,
} from '../src/core/domain/index.ts';
import type { Explanation, ModelInfo, Normalization } from '../src/engine/types.ts';
import type { NetworkInput } from './input.ts';

/** What to type about a finding. */
const REMEDIES: Readonly<Record<Remedy, string>> = {
  zscore: 'try --normalize zscore',
  normalize: 'try --normalize model',
  invert: 'try --invert',
  'other-network': 'try a network trained on such volumes',
};

/** How the input differs from what the network was trained on; empty for inputs of several channels. */
export function domainFindings(
  { sidecar, inputShape, defaultLayer }: ModelInfo,
  input: NetworkInput,
  { channelMeans }: Explanation,
  normalization: Normalization,
): DomainFinding[] {
  if (inputShape.at(-1) !== 1) return [];
  const { training, contrast } = sidecar;
  return domainCheck({
    features: inputFeatures(input.data, input.shape),
    rawMean: input.rawMean,
    normalization,
    channelMeans: training?.layer === defaultLayer ? channelMeans : null,
    training,
    contrast,
  });
}

/** The finding with what to do, on one line. */
export function findingLine({ message, remedy }: DomainFinding): string {
  return remedy ? `${message.replace(/\.$/, '')}; ${REMEDIES[remedy]}.` : message;
}
