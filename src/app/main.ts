import { createEngineClient } from '../engine/client.ts';
import { isEmbedded } from './embedding/listen.ts';
import { followRoute } from './routes.ts';
import { keepForOffline } from './offline/keep.ts';
import { watchForUpdates } from './resume.ts';
import { followSession } from './session/follow.ts';
import { followOwn } from './session/own.ts';
import { start } from './start.ts';
import './styles/tokens.css';
import './styles/base.css';
import './styles/layout.css';
import './styles/panels.css';
import './styles/narrow.css';
import './styles/forced-colors.css';

followOwn();
// The engine's worker, the network and the first volume are on their way before what draws them is read.
const query = new URLSearchParams(location.search);
const embedded = isEmbedded(window, query);
followRoute(start(createEngineClient(), query, embedded));
if (!embedded) {
  followSession();
  keepForOffline();
}
watchForUpdates();
import('./render.tsx').then(
  ({ render }) => render(),
  () => {
    // Nothing of the app is there to say it with.
    const text = 'The app could not be fetched. Check the connection and reload the page.';
    document.getElementById('root')!.textContent = text;
  },
);
