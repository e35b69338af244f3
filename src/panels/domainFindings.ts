import { domainCheck, type DomainFinding, inputFeatures } from '../core/domain/index.ts';
import { type Answer, type InputOptions, statsOf } from '../state/index.ts';

const known = new WeakMap<Answer['prepared'], readonly DomainFinding[]>();

/**
 * How an explained input differs from what its network was trained on; remembered with the input.
 *
 * @param chosen the normalisation that the user chose
 */
export function domainOf(
  { model, prepared, result }: Pick<Answer, 'model' | 'prepared' | 'result'>,
  chosen: InputOptions['normalization'],
): readonly DomainFinding[] {
  const before = known.get(prepared);
  if (before) return before;
  const { training, contrast, normalization = 'none' } = model.sidecar;
  const { mean, std } = statsOf(prepared.volume.data);
  const findings = domainCheck({
    features: inputFeatures(prepared.input, prepared.inputShape),
    rawMean: std > 0 ? mean / std : null,
    normalization: chosen === 'model' ? normalization : chosen,
    channelMeans: training?.layer === model.defaultLayer ? result.channelMeans : null,
    training,
    contrast,
  });
  known.set(prepared, findings);
  return findings;
}
