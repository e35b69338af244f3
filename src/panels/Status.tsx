import type { ReactNode } from 'react';
import { useStore } from 'zustand';
import { acceptedNetworks } from '../core/network-formats.ts';
import {
  actions,
  currentVolume,
  engineStore,
  explainStore,
  imagesObstacle,
  isLarger,
  isPicture,
  networkBox,
  networkStore,
  optionsOf,
  possibleFits,
  ownGrid,
  volumesStore,
} from '../state/index.ts';
import { Button } from '../ui/Button.tsx';
import { FileButton } from '../ui/FileButton.tsx';
import { Progress } from '../ui/Progress.tsx';
import { Switch } from '../ui/Switch.tsx';
import { NETWORK_ACCEPT, openFiles, VOLUME_ACCEPT } from './openFiles.ts';
import { OneRemark } from './Remarks.tsx';

/** In a heatmap's place while there is none: what is going on, or what to do next. */
export function MapStatus() {
  const item = useStore(volumesStore, currentVolume);
  const opening = useStore(volumesStore, (state) => state.opening);
  const network = useStore(networkStore);
  const engine = useStore(engineStore);
  const { status, progress, error, mismatch } = useStore(explainStore);
  if (network.status === 'loading' && network.progress) {
    return (
      <Card>
        <Progress {...network.progress} onCancel={actions.cancelNetwork} />
      </Card>
    );
  }
  if (engine.status === 'error') {
    return (
      <Card title="Nothing computes" alert>
        <p>{engine.error}</p>
        <Button tone="primary" onClick={() => void actions.startEngine()}>
          Start again
        </Button>
      </Card>
    );
  }
  if (!network.model && network.error) {
    return (
      <Card title="The network could not be loaded" alert>
        <p>{network.error}</p>
        <div className="button-row">
          <Button tone="primary" onClick={() => void actions.retryNetwork()}>
            Try again
          </Button>
          <OpenNetwork />
        </div>
      </Card>
    );
  }
  if (!network.model) {
    return (
      <Card title="No network yet">
        <p>Drop a network: {acceptedNetworks()}.</p>
        <OpenNetwork />
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
  if (mismatch && imagesObstacle(item.report, network.model)) {
    return (
      <Card title={isPicture(item) ? 'A picture, not a volume' : 'Images, not a volume'}>
        <p>{mismatch}</p>
        {item.report.format === 'mrc' && item.report.kind === 'image-stack' && (
          <p>
            If they are projections of a particle, drop them together with the particles.star that
            names them and the tomograms.star that gives their tilts.
          </p>
        )}
        {isPicture(item) && <OpenNetwork />}
        {item.report.kind === 'image-stack' && (
          <Button onClick={() => void actions.readAgain(item.id, { readAs: 'volume' })}>
            Read as one volume
          </Button>
        )}
      </Card>
    );
  }
  if (mismatch && item && isLarger(ownGrid(item).shape, network.model)) {
    return (
      <Card title="Larger than one tile">
        <p>{mismatch} It runs over the whole volume in tiles.</p>
        <div className="button-row">
          <Button onClick={() => actions.setInputOptions({ fit: 'crop' })}>Crop</Button>
          <Button
            tone="primary"
            onClick={() => {
              location.hash = '#/segment';
              void actions.segment();
            }}
          >
            Segment the whole
          </Button>
        </div>
      </Card>
    );
  }
  if (mismatch && networkBox(network.model)) {
    const fits = possibleFits(item, network.model, optionsOf(volumesStore.getState()));
    return (
      <Card title="Choose how it fits">
        <p>{mismatch}</p>
        <ContrastQuestion />
        <div className="button-row">
          {fits.includes('crop') && (
            <Button onClick={() => actions.setInputOptions({ fit: 'crop' })}>Crop or pad</Button>
          )}
          {fits.includes('resample') && (
            <Button tone="primary" onClick={() => actions.setInputOptions({ fit: 'resample' })}>
              Resample
            </Button>
          )}
        </div>
      </Card>
    );
  }
  if (mismatch) {
    return (
      <Card title="Not a network for this input">
        <p>{mismatch}</p>
        <OpenNetwork />
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

/** Asked with the size, as it decides the answer as much. */
function ContrastQuestion() {
  const { invert } = useStore(volumesStore, optionsOf);
  const expected = useStore(networkStore, (state) => state.model?.sidecar.contrast);
  return (
    <>
      {expected && <p>The network expects {expected} molecules.</p>}
      <Switch
        label="Invert contrast"
        checked={invert}
        onChange={(next) => actions.setInputOptions({ invert: next })}
      />
      <OneRemark id="contrast" />
    </>
  );
}

function OpenNetwork() {
  return (
    <FileButton accept={NETWORK_ACCEPT} onFiles={(files) => void openFiles(files)}>
      Open a network…
    </FileButton>
  );
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
