/** `respond-cam/engine` in browsers: everything that the app asks, in a worker. */
import { createEngineClient } from '../engine/client.ts';
import type { Engine } from '../engine/types.ts';

export type * from '../engine/types.ts';

/** An engine of its own; it starts on the first call and ends with `dispose`. */
export const createEngine = (): Engine => createEngineClient();
