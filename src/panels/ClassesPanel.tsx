import { useMemo } from 'react';
import { useStore } from 'zustand';
import { KAPPA_LIMIT } from '../core/cam/index.ts';
import { headerPanels } from '../core/session/index.ts';
import { formatValue } from '../core/color/index.ts';
import { currentLedger, explainStore, shownClass, shownLayer } from '../state/index.ts';
import { WarningIcon } from '../ui/icons.tsx';
import { AimForm } from './AimForm.tsx';
import { ClassTable } from './ClassTable.tsx';
import { Explained } from './Explained.tsx';
import { belongsTo, specificitySentence } from './heatmapSentences.ts';
import { Ledger } from './Ledger.tsx';
import { ledgerSentence } from './ledgerBars.ts';
import { METHOD_NAMES } from './glossary.ts';
import styles from './ClassesPanel.module.css';
import { classes } from '../ui/classes.ts';

export function ClassesPanel() {
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
            <h3>
              <Explained topic="ledger">Where the score comes from</Explained>
            </h3>
            <Ledger />
            <LedgerSentence />
          </section>
          <Metrics />
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

/** A dash for what is not defined, or takes the maps of all classes. */
const metricText = (value = Number.NaN) => (Number.isNaN(value) ? '–' : formatValue(value));

/** Table 1's two numbers for this subtomogram. */
function Metrics() {
  const layer = useStore(explainStore, shownLayer);
  const panels = useStore(explainStore, (state) => state.panels);
  const methods = headerPanels(panels).map(({ method }) => method);
  if (!layer) return null;
  // With one number there is nothing to rank.
  if (Object.keys(layer.metrics).length === 0) {
    return (
      <section className="panel-section" aria-label="What the map is about">
        <MapSpecificity />
      </section>
    );
  }
  return (
    <section className="panel-section" aria-label="Map sums against scores">
      <table className={styles.metrics}>
        <thead>
          <tr>
            <th>Sums against scores</th>
            <th>
              <Explained topic="l1">L1</Explained>
            </th>
            <th>
              <Explained topic="tau">τ</Explained>
            </th>
          </tr>
        </thead>
        <tbody>
          {[...new Set(methods)].map((method) => (
            <tr key={method}>
              <th scope="row">{METHOD_NAMES[method]}</th>
              <td>{metricText(layer.metrics[method]?.l1)}</td>
              <td>{metricText(layer.metrics[method]?.kendallTau)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <MapSpecificity />
    </section>
  );
}

/** Whether the right map is about its class: what it shares with what knows no class. */
function MapSpecificity() {
  const answer = useStore(explainStore, (state) => state.answer);
  const shown = useStore(explainStore, shownClass);
  const method = useStore(explainStore, ({ panels }) => headerPanels(panels).at(-1)?.method);
  const text = useMemo(
    () => (answer && shown !== null && method ? specificitySentence(answer, shown, method) : null),
    [answer, shown, method],
  );
  return text && <p className="small">{text}</p>;
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
