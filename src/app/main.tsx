import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createEngineClient } from '../engine/client.ts';
import { App } from './App.tsx';
import { followPlace } from './navigation.ts';
import { keepForOffline } from './offline/keep.ts';
import { start } from './start.ts';
import './styles/tokens.css';
import './styles/base.css';
import './styles/controls.css';
import './styles/layout.css';
import './styles/panels.css';
import './offline/offline.css';

followPlace(start(createEngineClient(), new URLSearchParams(location.search)));
keepForOffline();

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
