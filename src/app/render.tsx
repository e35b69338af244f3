import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { version } from '../../package.json';
import { Boundary } from '../ui/Boundary.tsx';
import { App } from './App.tsx';
import { reloadApp } from './resume.ts';

export function render(): void {
  createRoot(document.getElementById('root')!).render(
    <StrictMode>
      <Boundary name="The app" context={[`Respond-CAM ${version}`]} onReload={reloadApp}>
        <App />
      </Boundary>
    </StrictMode>,
  );
}
