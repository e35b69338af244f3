import { useMemo } from 'react';
import { useStore } from 'zustand';
import { formatSigned, formatValue } from '../../../core/color/index.ts';
import { type FigurePanel, PAPER_NETWORKS } from '../../../core/paper/index.ts';
import { type SceneMark, SurfaceView } from '../../../scene/index.ts';
import { MosaicPicture } from '../../../slices/index.ts';
import {
  type CameraState,
  type PaperAnswer,
  paperStore,
  volumesStore,
} from '../../../state/index.ts';
import { hashOf } from '../../routes.ts';
import { paperShells, paperSlices } from './figureStyle.ts';
import { type PanelStatus, statusOf } from './panelStatus.ts';
import styles from './FigurePanelView.module.css';

interface FigurePanelViewProps {
  readonly panel: FigurePanel;
  /** What the row shows. */
  readonly subject: string;
  readonly camera: CameraState;
  /** What reset goes back to. */
  readonly home: CameraState;
  readonly onCameraChange: (camera: CameraState) => void;
  readonly marks: readonly SceneMark[];
}

/** One panel of a figure: surfaces above, all z-slices below, and the way to the explain page. */
export function FigurePanelView(props: FigurePanelViewProps) {
  const { panel, subject, camera, home, onCameraChange, marks } = props;
  const { id, title, sample } = panel;
  const volume = useStore(paperStore, (state) => state.samples[sample]);
  const answer = useStore(paperStore, (state) => state.answers[id]);
  const status = useStore(paperStore, (state) => statusOf(state, panel));
  const href = useDeepLink(panel);
  const shown = status === 'shown' ? volume : null;
  const shells = useMemo(
    () => (shown ? paperShells(shown, answer?.map ?? null) : []),
    [shown, answer],
  );
  const slices = useMemo(
    () => (shown ? paperSlices(shown, answer?.map ?? null) : null),
    [shown, answer],
  );
  const label = `${subject}, ${title}`;
  return (
    <div className={styles.panel}>
      <span className={styles.title} aria-hidden="true">
        {title}
      </span>
      <div className={styles.surface}>
        {shown ? (
          <SurfaceView
            id={id}
            label={`${label} in 3D`}
            grid={shown}
            onOpen={() => location.assign(href)}
            scrolls
            {...{ shells, camera, home, onCameraChange, marks }}
          />
        ) : (
          <p className={styles.state} data-status={status}>
            {wordsFor(status, panel)}
          </p>
        )}
      </div>
      <div className={styles.slices}>
        {slices && <MosaicPicture label={`${label}: all z-slices`} content={slices} />}
      </div>
      {shown && (
        <a className={styles.link} href={href} aria-label={`Explain ${label}`}>
          {answer ? <Sums {...answer} /> : 'Explain'}
        </a>
      )}
    </div>
  );
}

function Sums({ sum, score }: PaperAnswer) {
  return (
    <>
      <span>Σ {formatSigned(sum)}</span> <span className="faint">score {formatValue(score)}</span>
    </>
  );
}

/** Address of the explain page with what the panel shows. */
function useDeepLink({ sample, map }: FigurePanel): string {
  const classIndex = useStore(
    volumesStore,
    ({ gallery }) => gallery.find(({ id }) => id === sample)?.classIndex,
  );
  const { network, layer, method } = map ?? { network: null, layer: null, method: null };
  return hashOf('explain', {
    sample,
    network,
    layer,
    method,
    classIndex: map ? (classIndex ?? null) : null,
  });
}

/** Why a panel is empty; what failed is said above the figures. */
function wordsFor(status: PanelStatus, { map }: FigurePanel): string {
  const name = map ? PAPER_NETWORKS[map.network] : 'the network';
  if (status === 'absent') return `${name}: not in this build`;
  if (status === 'failed') return 'Could not be computed';
  if (status === 'reading') return 'Reading the sample…';
  return status === 'working' ? 'Explaining…' : `Waiting for ${name}`;
}
