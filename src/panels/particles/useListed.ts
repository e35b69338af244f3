import { useStore } from 'zustand';
import { listedParticles, type ParticlesState, particlesStore } from '../../state/index.ts';

/** Only these decide what is listed. */
const inputsOf = ({ placed, filter, scores, matches, particles, truth }: ParticlesState) => [
  ...[placed, filter, scores],
  ...[matches, particles, truth],
];

let last: { readonly inputs: readonly unknown[]; readonly listed: Uint32Array } | null = null;

/** Found once for all that show them: there may be a million. */
function listedOnce(state: ParticlesState): Uint32Array {
  const inputs = inputsOf(state);
  if (!last || inputs.some((input, i) => input !== last!.inputs[i]))
    last = { inputs, listed: listedParticles(state) };
  return last.listed;
}

/** Positions among the placed of the particles that are listed, in their order. */
export const useListed = (): Uint32Array => useStore(particlesStore, listedOnce);
