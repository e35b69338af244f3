#!/usr/bin/env node
/** `npm start`: installs, builds, serves the app on this machine and opens it; arguments go to `serve`. */
process.argv.splice(2, 0, 'serve');
await import('./respond-cam.mjs');
