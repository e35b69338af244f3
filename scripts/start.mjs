#!/usr/bin/env node
/** `npm start`: installs, builds, serves the app on this machine and opens it; arguments go to `serve`. */
import { ensureInstalled } from './setup.mjs';

ensureInstalled();
const { ensureBuilt } = await import('./app-build.mjs');
ensureBuilt();
process.argv.splice(2, 0, 'serve');
await import('./respond-cam.mjs');
