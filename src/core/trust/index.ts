export { mapTrust } from './facts.ts';
export {
  type Mark,
  TRUST_IDS,
  type TrustFacts,
  type TrustId,
  type TrustLine,
  trustLines,
} from './trust.ts';
