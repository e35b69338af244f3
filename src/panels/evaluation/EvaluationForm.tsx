import { useStore } from 'zustand';
import { actions, evaluationStore, networkStore, type SetKind } from '../../state/index.ts';
import { Button } from '../../ui/Button.tsx';
import { DownloadIcon } from '../../ui/icons.tsx';
import { Progress } from '../../ui/Progress.tsx';
import { Switch } from '../../ui/Switch.tsx';
import { ToggleGroup } from '../../ui/ToggleGroup.tsx';
import { LayerPicker, NetworkPicker, Picker } from '../Pickers.tsx';
import { InputOptionsFields } from '../InputOptionsForm.tsx';
import { EVALUATION_EXPORTS, saveEvaluation } from './evaluationExports.ts';
import { timeLeft } from './numbers.ts';
import { BundledChoice, FilesChoice, SimulatedChoice } from './SetChoices.tsx';
import { classes } from '../../ui/classes.ts';
import styles from './evaluation.module.css';

const SETS: Readonly<Record<SetKind, { label: string; Choice: () => React.ReactNode }>> = {
  simulated: { label: 'Simulated', Choice: SimulatedChoice },
  bundled: { label: 'Samples', Choice: BundledChoice },
  files: { label: 'Your own', Choice: FilesChoice },
};

/** What is evaluated on what; starts and stops it, and hands out the result. */
export function EvaluationForm({ onOpen }: { onOpen(order: number): void }) {
  const set = useStore(evaluationStore, (state) => state.choice.set);
  const { Choice } = SETS[set];
  return (
    <aside className={classes('panel', styles.form)} aria-label="What to evaluate">
      <section className="panel-section" aria-label="Network">
        <Picker caption="Network">
          <NetworkPicker />
        </Picker>
        <Picker caption="Layer">
          <LayerPicker />
        </Picker>
      </section>
      <section className="panel-section" aria-label="Volumes">
        <h2>Volumes</h2>
        <ToggleGroup
          label="Which volumes"
          wide
          value={set}
          onChange={(value) => actions.chooseEvaluation({ set: value })}
          choices={Object.entries(SETS).map(([value, { label }]) => ({
            value: value as SetKind,
            label,
          }))}
        />
        <Choice />
        <FileOptions />
      </section>
      <section className="panel-section" aria-label="Run">
        <FaithfulnessSwitch />
        <Run />
      </section>
      <Skipped onOpen={onOpen} />
      <Notes />
      <Downloads />
    </aside>
  );
}

/** Files come in other boxes and contrasts than what was simulated for the network. */
function FileOptions() {
  const { set, input } = useStore(evaluationStore, (state) => state.choice);
  if (set !== 'files') return null;
  return (
    <InputOptionsFields
      options={input}
      onChange={(part) => actions.chooseEvaluation({ input: { ...input, ...part } })}
    />
  );
}

/** Slower: a hundred more runs of the network for each volume. */
function FaithfulnessSwitch() {
  const { choice, status } = useStore(evaluationStore);
  if (status === 'running') return null;
  return (
    <Switch
      label="Deletion and insertion"
      checked={choice.faithfulness}
      onChange={(faithfulness) => actions.chooseEvaluation({ faithfulness })}
    />
  );
}

function Run() {
  const { status, progress, choice, files, error, result } = useStore(evaluationStore);
  const ready = useStore(networkStore, (state) => state.status === 'ready');
  const loading = useStore(networkStore, (state) => state.progress);
  if (status === 'running') {
    const done = progress ? `${progress.done} of ${progress.total}` : 'Reading the list';
    const left = progress?.left ? `, ${timeLeft(progress.left)}` : '';
    return (
      <Progress
        stage={`${done}${left},`}
        fraction={progress ? progress.done / Math.max(1, progress.total) : undefined}
        onCancel={actions.cancelEvaluation}
      />
    );
  }
  if (loading) return <Progress {...loading} onCancel={actions.cancelNetwork} />;
  const possible = ready && (choice.set !== 'files' || files !== null);
  return (
    <>
      <Button tone="primary" disabled={!possible} onClick={() => void actions.evaluate()}>
        {result ? 'Evaluate again' : 'Evaluate'}
      </Button>
      {result && status === 'cancelled' && (
        <p className="small" role="status">
          {error ?? 'Cancelled.'} {result.n} of {result.total} volumes were evaluated.
        </p>
      )}
      {result && status === 'error' && (
        <p className="remark" role="alert">
          {error} {result.n} of {result.total} volumes were evaluated before.
        </p>
      )}
    </>
  );
}

const SHOWN = 20;

function Skipped({ onOpen }: { onOpen(order: number): void }) {
  const skipped = useStore(evaluationStore, (state) => state.result?.skipped);
  if (!skipped || skipped.length === 0) return null;
  return (
    <section className="panel-section" aria-label="Skipped volumes">
      <h3>
        {skipped.length} {skipped.length === 1 ? 'volume was' : 'volumes were'} skipped
      </h3>
      <ul className="findings">
        {skipped.slice(0, SHOWN).map(({ order, id, reason }) => (
          <li key={order} className="finding finding-warning">
            <button type="button" className={styles.link} onClick={() => onOpen(order)}>
              {id}
            </button>{' '}
            {reason.startsWith(`${id}: `) ? reason.slice(id.length + 2) : reason}
          </li>
        ))}
      </ul>
      {skipped.length > SHOWN && (
        <p className="small">and {skipped.length - SHOWN} more, all in the CSV file.</p>
      )}
    </section>
  );
}

function Notes() {
  const notes = useStore(evaluationStore, (state) => state.notes);
  if (notes.length === 0) return null;
  return (
    <section className="panel-section" aria-label="What was done">
      <ul className="steps">
        {notes.map((note) => (
          <li key={note}>{note}</li>
        ))}
      </ul>
    </section>
  );
}

function Downloads() {
  const result = useStore(evaluationStore, (state) => state.result);
  if (!result || result.n === 0) return null;
  return (
    <section className="panel-section" aria-label="Save the result">
      <div className="button-row">
        {EVALUATION_EXPORTS.map((row) => (
          <Button key={row.label} onClick={() => saveEvaluation(row)}>
            <DownloadIcon />
            {row.label}
          </Button>
        ))}
      </div>
      <p className="small">{EVALUATION_EXPORTS.map(({ hint }) => hint).join('; or ')}.</p>
    </section>
  );
}
