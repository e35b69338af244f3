import { useMemo } from 'react';
import { useStore } from 'zustand';
import {
  actions,
  type ModelInfo,
  networkBox,
  networkForParticles,
  networkStore,
  nanometres,
  particlesStore,
} from '../../state/index.ts';
import { Button } from '../../ui/Button.tsx';
import { download } from '../../ui/download.ts';
import { DownloadIcon } from '../../ui/icons.tsx';
import { Progress } from '../../ui/Progress.tsx';
import { Switch } from '../../ui/Switch.tsx';
import { NetworkPicker } from '../Pickers.tsx';
import styles from './particles.module.css';

/** Which network is asked about the particles; starts and stops it. */
export function ScoreForm() {
  const model = useStore(networkStore, (state) => state.model);
  const loading = useStore(networkStore, (state) => state.progress);
  const { placed, tomogram, particles, scoring, scoringError, invert, oriented, scores } =
    useStore(particlesStore);
  if (!placed) return null;
  return (
    <section className="panel-section" aria-label="Scores">
      <NetworkPicker />
      {loading && <Progress {...loading} onCancel={actions.cancelNetwork} />}
      {scoring && <Progress {...scoring} onCancel={actions.cancelScoring} />}
      {!loading && !scoring && model && (
        <>
          <div className={styles.run}>
            <Button
              tone="primary"
              disabled={placed.insideCount === 0}
              onClick={() => void actions.scoreParticles()}
            >
              {scores ? 'Score again' : 'Score all particles'}
            </Button>
            <Button
              disabled={placed.insideCount === 0}
              title="What the network sees and where it looks, averaged over the listed particles of each class"
              onClick={() => void actions.averageClasses()}
            >
              Average classes
            </Button>
            <div className={styles.switches}>
              <Switch label="Invert contrast" checked={invert} onChange={actions.invertParticles} />
              {particles?.list.rotations && (
                <Switch
                  label="Turn by angles"
                  checked={oriented}
                  onChange={actions.turnParticles}
                />
              )}
            </div>
          </div>
          {!scores && <p className="small">{boxText(model, tomogram === null)}</p>}
          <OtherNetwork />
        </>
      )}
      {scoringError && (
        <p className="remark" role="alert">
          {scoringError}
        </p>
      )}
    </section>
  );
}

/** Offers the network that was trained for particles while another bundled one is in use. */
function OtherNetwork() {
  const fitting = useStore(networkStore, networkForParticles);
  if (!fitting) return null;
  return (
    <p className="remark">
      <span>{fitting.title} was trained for particles as tomograms have them.</span>
      <Button onClick={() => void actions.chooseNetwork(fitting.id)}>Use it</Button>
    </p>
  );
}

function boxText(model: ModelInfo, projected: boolean): string {
  const box = networkBox(model);
  const { voxelSize, contrast } = model.sidecar;
  if (!box || box[0] === 1) return `${model.title} takes no volumes of one channel.`;
  const own = projected ? ' as large as the pixels' : ' of the tomogram';
  const at = voxelSize ? ` of ${nanometres(voxelSize)}` : own;
  const sign = contrast ? ` Molecules are to be ${contrast}.` : '';
  return `Each is ${projected ? 'projected back into' : 'cut out as'} ${box[2]}³ voxels${at}.${sign}`;
}

/** What is chosen, and its way out. */
export function ExportForm() {
  const listed = useStore(particlesStore, (state) => state.listed.sorted);
  const { placed, selected, particles } = useStore(particlesStore);
  const marked = useMemo(() => selected?.reduce((sum, one) => sum + one, 0) ?? 0, [selected]);
  if (!placed || !particles) return null;
  const chosen = selected ? marked : listed.length;
  const save = async () => {
    const file = await actions.selectedParticles();
    if (file) download(file.name, new Blob([file.bytes as BlobPart]));
  };
  const ending = particles.files.length > 1 ? 'zip' : particles.list.fileName.split('.').at(-1);
  return (
    <div className={styles.export}>
      <Button tone="quiet" onClick={() => actions.selectListed(true)}>
        Select listed
      </Button>
      <Button tone="quiet" onClick={() => actions.selectListed(false)}>
        Select none
      </Button>
      <Button disabled={chosen === 0} onClick={() => void save()}>
        <DownloadIcon />
        {chosen.toLocaleString('en')} as .{ending}
      </Button>
    </div>
  );
}
