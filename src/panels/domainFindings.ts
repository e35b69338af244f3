import { type DomainFinding, inputFindings } from '../core/domain/index.ts';
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
  const { mean, std } = statsOf(prepared.volume.data);
  const { inputShape } = prepared;
  const findings = inputFindings(
    { ...model, inputShape },
    {
      data: prepared.input,
      rawMean: std > 0 ? mean / std : null,
      normalization: chosen === 'model' ? (model.sidecar.normalization ?? 'none') : chosen,
      channelMeans: result.channelMeans,
    },
  );
  known.set(prepared, findings);
  return findings;
}
