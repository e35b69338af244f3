import { useMemo } from 'react';
import { useStore } from 'zustand';
import { listedParticles, particlesStore } from '../../state/index.ts';

/** Positions among the placed of the particles that are listed, in their order. */
export function useListed(): Uint32Array {
  const state = useStore(particlesStore);
  const { placed, filter, scores, matches, particles, truth } = state;
  // biome-ignore lint/correctness/useExhaustiveDependencies: only these decide what is listed
  return useMemo(() => listedParticles(state), [placed, filter, scores, matches, particles, truth]);
}
