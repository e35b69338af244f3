import { aimKey } from '../../core/session/index.ts';
import type { LayerChannels } from '../../core/cam/index.ts';
import type { Shape3 } from '../../core/volume/types.ts';
import { type Answer, type ExplainState, shownClass, spatial } from '../explain.ts';
import type { StoreSet } from '../set.ts';
import type { Services } from '../types.ts';
import { createInquiry } from './inquiry.ts';
import { aboutOf, inputOf } from './question.ts';

/** The maps of what the header asks, taken apart into channels. */
export interface Walk {
  readonly answer: Answer;
  readonly classIndex: number;
  /** Name of the layer, and its grid, `[z, y, x]`. */
  readonly layer: string;
  readonly grid: Shape3;
  readonly channels: LayerChannels;
}

export interface WalkActions {
  /** Fetches feature maps and gradients of what is on screen. */
  walkThrough(): Promise<void>;
}

interface Subject {
  readonly answer: Answer;
  readonly aim: ExplainState['aim'];
  readonly classIndex: number;
}

/** What is taken apart; null while there is no answer, or one that is about to be replaced. */
export function walkSubject(state: ExplainState): (Subject & { readonly key: string }) | null {
  const { answer, stale, aim } = state;
  const classIndex = shownClass(state);
  if (!answer || stale || classIndex === null) return null;
  const { prepared, result } = answer;
  const key = [prepared.key, aimKey(aim), classIndex, result.layers[0].name].join('|');
  return { key, answer, aim, classIndex };
}

export function createWalkActions(
  { explain, walk }: StoreSet,
  services: () => Services,
): WalkActions {
  const walkThrough = createInquiry<Walk, Subject>({
    ...{ store: walk, explain, subject: walkSubject, remembered: 2 },
    async ask({ answer, aim, classIndex }, { signal }) {
      const { model, prepared, result } = answer;
      const [{ name: layer, shape }] = result.layers;
      const channels = await services().engine.channels(
        {
          ...inputOf(model, prepared),
          layer,
          classIndex,
          ...aboutOf(aim),
        },
        { signal },
      );
      return { answer, classIndex, layer, grid: spatial(shape), channels };
    },
  });
  return { walkThrough };
}
