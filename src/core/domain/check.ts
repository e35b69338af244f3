import type { Normalization } from '../volume/index.ts';
import { channelDistance } from './distance.ts';
import { isWhiteNoise } from './texture.ts';
import type { DomainFinding, InputFeatures, Range, Texture, TrainingDomain } from './types.ts';
import { withMinus } from '../minus.ts';

/** What is known of an input and of the network it went into. */
export interface DomainQuestion {
  /** Of the input as the network saw it. */
  readonly features: InputFeatures;
  readonly texture: Texture;
  /** Mean of the volume before it was normalised, in its standard deviations; null where not known. */
  readonly rawMean: number | null;
  /** How the input was normalised. */
  readonly normalization: Normalization;
  /** `mean_v A` of the network's default layer; null where not known. */
  readonly channelMeans: ArrayLike<number> | null;
  /** What the network's sidecar says; each may be missing. */
  readonly training?: TrainingDomain;
  readonly contrast?: 'dark' | 'bright';
}

/** A raw mean beyond this many standard deviations is worth a word though the z-score removed it. */
const FAR_MEAN = 3;
/** The bundled networks lose accuracy when the mean is off by 0.3 standard deviations. */
const MEAN_SLACK = 0.1;
/** How far beyond the range of the measured volumes a number may lie, as a share of that range. */
const MARGIN = 0.25;
const SPREAD_RATIO = 1.25;
/** What skewness and central contrast must reach to say the contrast where no volumes were measured. */
const CLEAR = { skew: 0.05, centre: 0.1 };

/**
 * How an input differs from the volumes that a network was trained on, the gravest first; empty when
 * nothing is unusual. Without a `training` block only what the other entries imply is checked.
 */
export function domainCheck(question: DomainQuestion): DomainFinding[] {
  if (!(question.features.std > 0)) {
    const message = 'All values are equal: there is nothing in the volume to answer to.';
    return [{ code: 'constant', severity: 'warning', message, remedy: null }];
  }
  const found = [noise(question), spread(question), contrast(question), mean(question)];
  const findings = found.filter((finding) => finding !== null);
  // Where the cause is known, that the network responds unlike itself says no more.
  const other = findings.some(({ severity }) => severity === 'warning') ? null : unlike(question);
  if (other) findings.push(other);
  return findings.sort((a, b) => Number(a.severity === 'info') - Number(b.severity === 'info'));
}

/** What can be said without knowing the training volumes; with them, how far it is from them says more. */
function noise({ texture, training }: DomainQuestion): DomainFinding | null {
  if (training || !isWhiteNoise(texture)) return null;
  const message = 'Neighbouring voxels are not correlated: this is white noise with nothing in it.';
  return { code: 'noise', severity: 'warning', message, remedy: null };
}

function mean(question: DomainQuestion): DomainFinding | null {
  const { features, rawMean, normalization, training } = question;
  const lies = (value: number) => `The mean lies ${number(Math.abs(value))} sigma from 0`;
  if (training) {
    const { min, max } = training.input.mean;
    const slack = Math.max(MEAN_SLACK, MARGIN * width(training.input.mean));
    if (features.mean < min - slack || features.mean > max + slack) {
      const usual = number(Math.max(Math.abs(min), Math.abs(max), MEAN_SLACK));
      const message = `${lies(features.mean)}, where the network was trained on volumes within ${usual} sigma.`;
      return { code: 'mean', severity: 'warning', message, remedy: 'zscore' };
    }
  } else if (normalization === 'unit-variance' && Math.abs(features.mean) > FAR_MEAN) {
    const message = `${lies(features.mean)}; dividing by the standard deviation does not shift it.`;
    return { code: 'mean', severity: 'warning', message, remedy: 'zscore' };
  }
  if (normalization === 'zscore' && rawMean !== null && Math.abs(rawMean) > FAR_MEAN) {
    const message = `${lies(rawMean)} in the file; z-score normalisation (zscore) took it out.`;
    return { code: 'mean', severity: 'info', message, remedy: null };
  }
  return null;
}

function spread({ features, training }: DomainQuestion): DomainFinding | null {
  if (!training) return null;
  const { min, max } = training.input.std;
  if (features.std >= min / SPREAD_RATIO && features.std <= max * SPREAD_RATIO) return null;
  const message = `The values spread by ${number(features.std)} (standard deviation), where the network was trained on ${span(training.input.std)}.`;
  return { code: 'spread', severity: 'warning', message, remedy: 'normalize' };
}

function contrast({ features, training, contrast }: DomainQuestion): DomainFinding | null {
  const sign = training ? Math.sign(training.input.skew.mean) : contrast === 'dark' ? -1 : 1;
  if (!training && !contrast) return null;
  const least = training
    ? { skew: weakest(training.input.skew) / 2, centre: weakest(training.input.centre) / 2 }
    : CLEAR;
  const opposite = (feature: 'skew' | 'centre') => -sign * features[feature] > least[feature];
  if (!opposite('skew') || !opposite('centre')) return null;
  const [looks, wanted] = sign < 0 ? ['bright', 'dark'] : ['dark', 'bright'];
  const message = `The molecule looks ${looks} (skewness ${number(features.skew)}), where the network was trained on ${wanted} ones.`;
  return { code: 'contrast', severity: 'warning', message, remedy: 'invert' };
}

/** The least magnitude over the volumes; 0 where they have both signs. */
function weakest({ min, max }: Range): number {
  return min * max <= 0 ? 0 : Math.min(Math.abs(min), Math.abs(max));
}

function unlike(question: DomainQuestion): DomainFinding | null {
  const { features, channelMeans, training } = question;
  if (!training) return null;
  const { skew, centre } = training.input;
  const distance =
    channelMeans?.length === training.channels.mean.length
      ? channelDistance(channelMeans, training.channels)
      : null;
  const beyond = (value: number, range: Range, margin: number) =>
    value < range.min - margin * width(range) || value > range.max + margin * width(range);
  // Near is as good as far for the distance: it has no lower limit.
  const far = (margin: number) =>
    distance !== null && distance > training.distance.max + margin * width(training.distance);
  const outside = (margin: number) => [
    ...(far(margin) ? ['distance' as const] : []),
    ...(beyond(features.skew, skew, margin) ? ['skew' as const] : []),
    ...(beyond(features.centre, centre, margin) ? ['centre' as const] : []),
  ];
  // One number far outside its range, or two just outside.
  const odd = outside(0);
  if (outside(MARGIN).length === 0 && odd.length < 2) return null;
  const at =
    distance !== null && odd.includes('distance')
      ? ` (distance ${number(distance)} at ${training.layer}, theirs up to ${number(training.distance.max)})`
      : '';
  const reasons = [...noiseReason(features.skew, skew), ...centreReason(features.centre, centre)];
  const why = reasons.length > 0 ? `: ${reasons.join(', ')}` : '';
  const message = `Unlike the training volumes${at}${why}; the answer means little.`;
  return { code: 'unlike', severity: 'warning', message, remedy: 'other-network' };
}

/** A volume with more noise has its skewness nearer to 0 than those of training, and with less farther. */
function noiseReason(skew: number, range: Range): string[] {
  const magnitude = Math.abs(skew);
  const largest = Math.max(Math.abs(range.min), Math.abs(range.max)) + MARGIN * width(range);
  if (magnitude < weakest(range) / 2) return ['more noise'];
  return magnitude > largest ? ['less noise'] : [];
}

/** An empty or decentred volume has nothing in the middle. */
function centreReason(centre: number, range: Range): string[] {
  return Math.abs(centre) < weakest(range) / 2 ? ['nothing stands out in the middle'] : [];
}

function width({ min, max }: Range): number {
  return max - min;
}

function span({ min, max }: Range): string {
  const [low, high] = [number(min), number(max)];
  return low === high ? low : `${low} to ${high}`;
}

function number(value: number): string {
  return withMinus(String(Number(value.toPrecision(3))));
}
