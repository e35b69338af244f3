import { useState } from 'react';
import { useStore } from 'zustand';
import { PARTICLE_LABELS_TEXT } from '../../../core/particles/index.ts';
import { VOLUME_LABELS_TEXT } from '../../../core/volume/index.ts';
import {
  missingText,
  particleAddress,
  particleFiles,
} from '../../../panels/particles/particleFiles.ts';
import { actions, particlesStore } from '../../../state/index.ts';
import { Button } from '../../../ui/Button.tsx';
import { FileButton } from '../../../ui/FileButton.tsx';
import { Progress } from '../../../ui/Progress.tsx';
import { Welcome } from '../../../ui/Welcome.tsx';
import styles from './ParticlesPage.module.css';

/** What to open, while something is missing. */
export function ParticlesWelcome() {
  const { tomogram, particles, opening } = useStore(particlesStore);
  const open = (files: File[]) => void particleFiles(files);
  const nothing = !tomogram && !particles;
  return (
    <Welcome
      title={nothing ? 'Why did the network take this particle, and leave that one?' : undefined}
    >
      {nothing && (
        <p>
          Open a tomogram of any size and the list of its particles. They are shown over the slices,
          cut out at the network’s box and voxel size, scored and sorted; each explanation is two
          clicks away. Nothing leaves this machine.
        </p>
      )}
      <p>
        <strong>{missingText()}</strong>
      </p>
      <div className="button-row">
        <FileButton tone="primary" onFiles={open}>
          Open files…
        </FileButton>
        {!tomogram && (
          <FileButton folder onFiles={open}>
            Open an OME-Zarr folder…
          </FileButton>
        )}
        {nothing && (
          <Button onClick={() => void actions.openParticleExample()}>
            Try a simulated tomogram
          </Button>
        )}
      </div>
      {!tomogram && <Address />}
      {opening && <Progress stage={`Opening ${opening}`} />}
      <dl className={styles.accepted}>
        {!tomogram && (
          <>
            <dt>Tomograms</dt>
            <dd>{VOLUME_LABELS_TEXT}; OME-Zarr 0.4 and 0.5 as a folder or zip archive</dd>
          </>
        )}
        {!particles && (
          <>
            <dt>Particle lists</dt>
            <dd>{PARTICLE_LABELS_TEXT}</dd>
          </>
        )}
      </dl>
    </Welcome>
  );
}

/** A tomogram at an address. */
function Address() {
  const [text, setText] = useState('');
  return (
    <form
      className={styles.address}
      onSubmit={(event) => {
        event.preventDefault();
        if (text.trim() !== '') void particleAddress(text.trim());
      }}
    >
      <label className="label" htmlFor="tomogram-address">
        or an address
      </label>
      <input
        id="tomogram-address"
        className={styles.addressField}
        placeholder="tomograms/TS_01.zarr"
        spellCheck={false}
        aria-describedby="tomogram-address-help"
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <Button type="submit" disabled={text.trim() === ''}>
        Open
      </Button>
      <p id="tomogram-address-help" className="small">
        Of this site. Other hosts only where the app was started with{' '}
        <code>serve --allow-remote HOST</code>, so that nothing leaves this machine unasked.
      </p>
    </form>
  );
}
