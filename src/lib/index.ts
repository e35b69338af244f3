/** `respond-cam` in browsers: the engine runs in a worker beside this module. */
import { createEngineClient } from '../engine/client.ts';
import { createLibrary } from './library.ts';

export * from './files.ts';
export { bundledNetwork } from './bundled.ts';

export const { openNetwork, explain, selectBackend, close } = createLibrary({
  startEngine: createEngineClient,
  urlOf: (source) => new URL(source, document.baseURI).href,
});
