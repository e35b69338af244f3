import { useStore } from 'zustand';
import { KAPPA_LIMIT } from '../core/cam/index.ts';
import { formatValue } from '../core/color/index.ts';
import {
  currentLedger,
  displayStore,
  explainStore,
  headerColumns,
  shownLayer,
} from '../state/index.ts';
import { Button } from '../ui/Button.tsx';
import { WarningIcon } from '../ui/icons.tsx';
import { AimForm } from './AimForm.tsx';
import { ClassTable } from './ClassTable.tsx';
import { Explained } from './Explained.tsx';
import { belongsTo } from './heatmapSentences.ts';
import { Ledger } from './Ledger.tsx';
import { ledgerSentence } from './ledgerBars.ts';
import { NoMap } from './trust/NoMap.tsx';
import { Trust } from './trust/Trust.tsx';
import styles from './ClassesPanel.module.css';
import { classes } from '../ui/classes.ts';

interface ClassesPanelProps {
  /** Opens the walk through the channels. */
  onWalk(): void;
}

export function ClassesPanel({ onWalk }: ClassesPanelProps) {
  const answer = useStore(explainStore, (state) => state.answer);
  const stale = useStore(explainStore, (state) => state.stale);
  return (
    <aside className="panel classes-panel" id="classes" aria-label="Classes" tabIndex={-1}>
      <h2>Classes</h2>
      <AimForm />
      {answer && stale && <p className="small">Of {belongsTo(answer)}</p>}
      {answer ? (
        <div className={classes(styles.classesContent, stale && 'is-stale')} inert={stale}>
          <ClassTable />
          <section className="panel-section" aria-label="Where the score comes from">
            <div className="section-head">
              <h3>
                <Explained topic="ledger">Where the score comes from</Explained>
              </h3>
              <Button tone="quiet" onClick={onWalk}>
                By channel…
              </Button>
            </div>
            <Ledger />
            <LedgerSentence />
          </section>
          <TrustOfRight />
          <KappaWarning />
        </div>
      ) : (
        <p className="empty">Scores appear here once a network has seen a volume.</p>
      )}
    </aside>
  );
}

function LedgerSentence() {
  const row = useStore(explainStore, currentLedger);
  if (!row || row.score === 0) return null;
  return <p className="small">{ledgerSentence(row)}</p>;
}

/** Whether the last map of what the header asks can be believed. */
function TrustOfRight() {
  const display = useStore(displayStore);
  const last = headerColumns(display).at(-1);
  if (last) return <Trust answer={last.answer} shown={last.shown} />;
  return display.answer && <NoMap answer={display.answer} />;
}

function KappaWarning() {
  const layer = useStore(explainStore, shownLayer);
  if (!layer || (layer.kappa.unsafeChannels === 0 && !(layer.kappa.max > KAPPA_LIMIT))) return null;
  return (
    <p className="remark remark-warning">
      <WarningIcon />
      <span>
        In {layer.kappa.unsafeChannels} of {layer.channels} channels positive and negative
        activations cancel (<Explained topic="kappa">κ</Explained> up to{' '}
        {formatValue(layer.kappa.max)}), where Respond-CAM's weight is ill-defined. The voxelwise
        product of gradient and activation is used there; it keeps the sum.
      </span>
    </p>
  );
}
