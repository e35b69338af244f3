import {
  type CamMap,
  type CamMethod,
  cancellation,
  type LedgerRow,
  sumsToScore,
} from '../cam/index.ts';
import type { MapMetrics } from '../metrics/index.ts';
import type { TrustFacts } from './trust.ts';

/** A map of a class among all that was found at its layer. */
interface MapAtLayer {
  readonly method: CamMethod;
  readonly index: number;
  readonly map: Pick<CamMap, 'data' | 'sum'>;
  readonly score: number;
  readonly layer: {
    readonly ledger: readonly LedgerRow[];
    readonly metrics: Readonly<Partial<Record<CamMethod, MapMetrics>>>;
  };
}

/** What a map, its score and its layer's books say for {@link TrustFacts}. */
export function mapTrust({
  method,
  index,
  map,
  score,
  layer: { ledger, metrics },
}: MapAtLayer): Omit<TrustFacts, 'where' | 'unit' | 'domain' | 'specificity' | 'rival'> {
  const { kendallTau = null, l1 = null } = metrics[method] ?? {};
  return {
    ...{ sumsToScore: sumsToScore(method), sum: map.sum, score },
    ledger: ledger.find((row) => row.index === index) ?? null,
    ...{ tau: kendallTau, l1, cancellation: cancellation(map) },
  };
}
