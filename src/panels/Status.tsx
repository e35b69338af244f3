import type { ReactNode } from 'react';
import { useStore } from 'zustand';
import {
  actions,
  currentVolume,
  explainStore,
  networkStore,
  volumesStore,
} from '../state/index.ts';
import { Button } from '../ui/Button.tsx';
import { FileButton } from '../ui/FileButton.tsx';
import { Progress } from '../ui/Progress.tsx';
import { openFiles, VOLUME_ACCEPT } from './openFiles.ts';

/** In a heatmap's place while there is none: what is going on, or what to do next. */
export function MapStatus() {
  const item = useStore(volumesStore, currentVolume);
  const opening = useStore(volumesStore, (state) => state.opening);
  const network = useStore(networkStore);
  const { status, progress, error, mismatch } = useStore(explainStore);
  if (network.status === 'loading' && network.progress) {
    return (
      <Card>
        <Progress {...network.progress} onCancel={actions.cancelNetwork} />
      </Card>
    );
  }
  if (!network.model) {
    return (
      <Card title="No network yet">
        <p>Drop a network: model.json with its .bin weights, or the folder that holds them.</p>
        <FileButton accept=".json,.bin" onFiles={(files) => void openFiles(files)}>
          Open a network…
        </FileButton>
      </Card>
    );
  }
  if (!item) {
    if (opening) return null;
    return (
      <Card title="No volume yet">
        <p>Drop a subtomogram, or pick a sample on the left.</p>
        <FileButton accept={VOLUME_ACCEPT} onFiles={(files) => void openFiles(files)}>
          Open volumes…
        </FileButton>
      </Card>
    );
  }
  if (mismatch) {
    return (
      <Card title="Choose how it fits">
        <p>{mismatch}</p>
        <div className="button-row">
          <Button onClick={() => actions.setInputOptions({ fit: 'crop' })}>Crop or pad</Button>
          <Button tone="primary" onClick={() => actions.setInputOptions({ fit: 'resample' })}>
            Resample
          </Button>
        </div>
      </Card>
    );
  }
  if (status === 'running' && progress) {
    return (
      <Card>
        <Progress {...progress} onCancel={actions.cancelExplanation} />
      </Card>
    );
  }
  if (status === 'error') {
    return (
      <Card title="Not explained" alert>
        <p>{error}</p>
        <Button onClick={actions.explain}>Try again</Button>
      </Card>
    );
  }
  if (status === 'idle') {
    return (
      <Card>
        <Button tone="primary" onClick={actions.explain}>
          Explain
        </Button>
      </Card>
    );
  }
  return null;
}

interface CardProps {
  readonly title?: string;
  readonly alert?: boolean;
  readonly children: ReactNode;
}

function Card({ title, alert, children }: CardProps) {
  return (
    <div className="status-card" role={alert ? 'alert' : undefined}>
      {title && <h3>{title}</h3>}
      {children}
    </div>
  );
}
