import { useMemo } from 'react';
import { useStore } from 'zustand';
import { type Figure, type FigureRow, PAPER_LEVELS, panelsOf } from '../../../core/paper/index.ts';
import type { SceneMark } from '../../../scene/index.ts';
import { type CameraState, DEFAULT_CAMERA, paperStore } from '../../../state/index.ts';
import { Button } from '../../../ui/Button.tsx';
import { contourColor } from './figureStyle.ts';
import { FigurePanelView } from './FigurePanelView.tsx';
import { isPending, statusOf } from './panelStatus.ts';
import shared from './figures.module.css';
import styles from './FigureView.module.css';

/** One figure of the paper, every panel live. */
export function FigureView({ figure }: { readonly figure: Figure }) {
  const { id, title, caption, rows } = figure;
  const busy = useStore(paperStore, (state) =>
    panelsOf([figure]).some((panel) => isPending(statusOf(state, panel))),
  );
  return (
    <section className={shared.figure} id={id} aria-labelledby={`${id}-title`} aria-busy={busy}>
      <h2 id={`${id}-title`}>{title}</h2>
      <p className={shared.caption}>{caption}</p>
      <div className={styles.columns} aria-hidden="true">
        {rows[0].panels.map((panel) => (
          <span key={panel.id}>{panel.title}</span>
        ))}
      </div>
      {rows.map((row) => (
        <Row key={row.id} row={row} />
      ))}
      <Legend />
    </section>
  );
}

/** Panels that turn together. */
function Row({ row: { id, title, zoom, panels } }: { readonly row: FigureRow }) {
  const home = useMemo(() => ({ ...DEFAULT_CAMERA, zoom }), [zoom]);
  const turned = useStore(paperStore, ({ cameras }) => cameras[id]);
  const camera = turned ?? home;
  const turn = (next?: CameraState) =>
    paperStore.setState(({ cameras }) => ({ cameras: { ...cameras, [id]: next } }));
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for controls
    <div role="group" aria-label={title}>
      <div className={styles.rowHead}>
        <h3>{title}</h3>
        {turned && (
          <Button tone="quiet" onClick={() => turn()}>
            Turn back
          </Button>
        )}
      </div>
      <div className={styles.panels}>
        {panels.map((panel, i) => (
          <FigurePanelView
            key={panel.id}
            subject={title}
            onCameraChange={turn}
            marks={i === 0 ? FIRST : NONE}
            {...{ panel, camera, home }}
          />
        ))}
      </div>
    </div>
  );
}

const FIRST: readonly SceneMark[] = ['scale'];
const NONE: readonly SceneMark[] = [];

/** The contours' colours. */
function Legend() {
  return (
    <p className={styles.legend}>
      Contours at
      {PAPER_LEVELS.map((level) => (
        <Swatch key={level} level={level} />
      ))}
      of the map's largest magnitude; negative ones
      <Swatch level={-1} />
    </p>
  );
}

function Swatch({ level }: { readonly level: number }) {
  return (
    <span className={styles.swatch}>
      <i style={{ background: `rgb(${contourColor(level).join(' ')})` }} />
      {level < 0 ? 'black' : level}
    </span>
  );
}
