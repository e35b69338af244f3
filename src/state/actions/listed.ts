import type { StoreApi } from 'zustand/vanilla';
import { countingClasses, listing, NONE_LISTED, type ParticlesState } from '../particles.ts';
import { inTasks } from '../nextTask.ts';

/** Keeps what is listed, and how many have each class, as what decides them says; of very many particles, soon after. */
export function keepListed(store: StoreApi<ParticlesState>): void {
  let stopListing = () => {};
  let stopCounting = () => {};
  store.subscribe((state, before) => {
    const changed = (...keys: readonly (keyof ParticlesState)[]) =>
      keys.some((key) => state[key] !== before[key]);
    const count = state.placed?.index.length ?? 0;
    // What was listed belongs to other particles.
    if (changed('placed')) store.setState({ listed: NONE_LISTED, classCounts: [] });
    if (changed('placed', 'filter', 'scores', 'matches', 'particles', 'truth')) {
      stopListing();
      stopListing = inTasks(count, listing(state), (listed) => store.setState({ listed }));
    }
    if (changed('placed', 'scores', 'particles')) {
      stopCounting();
      stopCounting = inTasks(count, countingClasses(state), (classCounts) =>
        store.setState({ classCounts }),
      );
    }
  });
}
