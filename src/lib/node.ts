/** `respond-cam` in Node: the engine runs in this process. */
import { resolve } from 'node:path';
import { createNodeEngine, fileUrl } from '../engine/node.ts';
import { createLibrary } from './library.ts';

export * from './files.ts';
export { bundledNetwork } from './bundled.ts';

export const { openNetwork, explain, selectBackend, close } = createLibrary({
  startEngine: () => createNodeEngine(),
  urlOf: (source) =>
    source instanceof URL || source.startsWith('file:') ? String(source) : fileUrl(resolve(source)),
});
