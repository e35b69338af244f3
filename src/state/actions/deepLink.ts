import type { CamMethod } from '../../core/cam/types.ts';
import type { Choices } from './choices.ts';
import type { InputActions } from './input.ts';
import type { NetworkActions } from './network.ts';

/** One question to a network, as a link names it; null leaves that part as it is. */
export interface DeepLink {
  /** Id of a gallery sample. */
  readonly sample: string | null;
  /** Id of a bundled network. */
  readonly network: string | null;
  readonly layer: string | null;
  readonly classIndex: number | null;
  readonly method: CamMethod | null;
}

export interface DeepLinkActions {
  /** Shows a case; parts that this build does not have stay as they are. */
  openDeepLink(wanted: DeepLink): Promise<void>;
}

export function createDeepLinkActions(
  { chooseSample }: Pick<InputActions, 'chooseSample'>,
  { chooseNetwork, ask }: Pick<NetworkActions, 'chooseNetwork' | 'ask'>,
  { showMethod }: Pick<Choices, 'showMethod'>,
): DeepLinkActions {
  return {
    async openDeepLink({ sample, network, layer, classIndex, method }) {
      if (method) showMethod(method);
      // The network first and the question with it, so that it is explained as wanted at once.
      const loaded = network && chooseNetwork(network);
      ask({ ...(layer !== null && { layer }), ...(classIndex !== null && { classIndex }) });
      await Promise.all([loaded, sample && chooseSample(sample)]);
    },
  };
}
