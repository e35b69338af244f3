/** `respond-cam/engine` in Node: in this process. */
import { createNodeEngine } from '../engine/node.ts';
import type { Engine } from '../engine/types.ts';

export type * from '../engine/types.ts';

/** An engine of its own. */
export const createEngine = (): Engine => createNodeEngine();
