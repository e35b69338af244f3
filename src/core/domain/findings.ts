import type { Normalization } from '../volume/index.ts';
import { domainCheck } from './check.ts';
import { inputFeatures } from './features.ts';
import { textureOf } from './texture.ts';
import type { DomainFinding, TrainingDomain } from './types.ts';

/** A network, as far as an input is held against it. */
export interface DomainNetwork {
  readonly inputShape: readonly number[];
  readonly defaultLayer: string;
  readonly sidecar: {
    readonly training?: TrainingDomain;
    readonly contrast?: 'dark' | 'bright';
  };
}

/** An input as a network saw it. */
export interface DomainInput {
  readonly data: Float32Array;
  readonly rawMean: number | null;
  readonly normalization: Normalization;
  /** `mean_v A` of the network's default layer; null where not known. */
  readonly channelMeans: ArrayLike<number> | null;
}

/** Whether the volumes that a network was trained on were measured, so that inputs can be held against them. */
export function isMeasured({
  inputShape,
  sidecar,
}: Pick<DomainNetwork, 'inputShape' | 'sidecar'>): boolean {
  return sidecar.training !== undefined && inputShape.at(-1) === 1;
}

/** How an input differs from what a network was trained on; empty for inputs of several channels. */
export function inputFindings(
  { inputShape, defaultLayer, sidecar: { training, contrast } }: DomainNetwork,
  { data, rawMean, normalization, channelMeans }: DomainInput,
): DomainFinding[] {
  if (inputShape.at(-1) !== 1) return [];
  return domainCheck({
    features: inputFeatures(data, inputShape),
    texture: textureOf(data, inputShape),
    rawMean,
    normalization,
    channelMeans: training?.layer === defaultLayer ? channelMeans : null,
    training,
    contrast,
  });
}

/** Whether an input is like the training volumes; null where nothing is known of them. */
export function isInDomain(network: DomainNetwork, input: DomainInput): boolean | null {
  if (!isMeasured(network)) return null;
  return !inputFindings(network, input).some(({ severity }) => severity === 'warning');
}
