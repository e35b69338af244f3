import { useStore } from 'zustand';
import { type CoordinateFrame, frameText, PARTICLE_FORMATS } from '../../core/particles/index.ts';
import { TRANSFERS, type TransferUse } from '../../core/subtilt/index.ts';
import { boxText, type Finding, lengthText } from '../../core/volume/index.ts';
import { actions, type ParticlesState, particlesStore } from '../../state/index.ts';
import { Button } from '../../ui/Button.tsx';
import { FormRow } from '../../ui/FormRow.tsx';
import { NumbersField } from '../../ui/NumbersField.tsx';
import { Select } from '../../ui/Select.tsx';
import { Progress } from '../../ui/Progress.tsx';
import { FileButton } from '../../ui/FileButton.tsx';
import { truthFiles } from './particleFiles.ts';
import styles from './particles.module.css';

const nm = (value: number) => Number((value / 10).toPrecision(3));

/** How tomogram and list were read, what is unusual about them, and how else they can be meant. */
export function ListDoctor() {
  const state = useStore(particlesStore);
  const { tomogram, particles, placed, averaging, opening } = state;
  return (
    <>
      {/* Until both are there, the invitation says it. */}
      {placed && opening && <Progress stage={`Opening ${opening}`} />}
      {tomogram && (
        <section className="panel-section" aria-label="Tomogram">
          <p className={styles.subject} title={tomogram.source.name}>
            <strong>{tomogram.source.name}</strong>
            <span className="small">
              {tomogram.format}, {boxText(tomogram.grid.shape)} voxels
              {tomogram.grid.voxelSizeKnown
                ? ` of ${lengthText(tomogram.grid.voxelSize)}`
                : ' of unknown size'}
              , {tomogram.valueType}
            </span>
          </p>
          {averaging && <Progress {...averaging} />}
          {!tomogram.grid.voxelSizeKnown && (
            <FormRow label="Voxel size, Å">
              <NumbersField
                label="Voxel size, Å"
                narrow
                limit={1}
                values={[]}
                onCommit={([size]) => void actions.chooseTomogramVoxel(size)}
              />
            </FormRow>
          )}
          <FindingList findings={tomogram.findings} />
        </section>
      )}
      {particles && (
        <section className="panel-section" aria-label="Particle list">
          <p className={styles.subject} title={particles.list.fileName}>
            <strong>{particles.list.fileName}</strong>
            <span className="small">{listText(state)}</span>
          </p>
          {placed && (tomogram ? <Choices state={state} /> : <Transfer state={state} />)}
          <FindingList findings={findingsOf(state)} />
          {placed?.better && (
            <Button tone="primary" onClick={() => actions.chooseFrame(placed.better)}>
              Read them in {frameText(placed.better)}
            </Button>
          )}
          {placed && tomogram && <Truth state={state} />}
        </section>
      )}
    </>
  );
}

function listText({ particles, placed, tomogram }: ParticlesState): string {
  const { list } = particles!;
  const format = PARTICLE_FORMATS[list.format].label;
  const count = list.count.toLocaleString('en');
  if (!placed) return `${format}, ${count} particles`;
  const inside = placed.insideCount.toLocaleString('en');
  const of = placed.index.length.toLocaleString('en');
  if (!tomogram) return `${format}, ${of} particles; the projections of ${inside} are there`;
  return `${format}, ${count} particles; ${inside} of ${of} stand in the tomogram`;
}

/** What the list says of its units counts while they are read so. */
function findingsOf({
  particles,
  placed,
  frame,
  tomogram,
  projections,
}: ParticlesState): readonly Finding[] {
  // Where they stand, and that there are projections, says nothing here.
  if (projections && !tomogram) {
    const said = new Set(['units', 'projections']);
    return [
      ...particles!.list.findings.filter(({ code }) => !said.has(code)),
      ...projections.info.findings,
    ];
  }
  const own = particles!.list.findings.filter(({ code }) => frame === null || code !== 'units');
  return [...own, ...(placed?.findings ?? [])];
}

/** Other readings than the file's own. */
const FRAMES: Readonly<Record<string, CoordinateFrame>> = {
  voxel: { unit: 'voxel', from: 'corner', voxelSize: null },
  angstrom: { unit: 'Å', from: 'corner', voxelSize: null },
  centred: { unit: 'Å', from: 'centre', voxelSize: null },
};
const OWN = 'own';
const OTHER = 'other';

function Choices({ state }: { readonly state: ParticlesState }) {
  const { particles, frame, tomogramIndex } = state;
  const { list } = particles!;
  const known = Object.entries(FRAMES).find(
    ([, one]) => frame && frameText(one) === frameText(frame),
  );
  const value = frame === null ? OWN : (known?.[0] ?? OTHER);
  return (
    <>
      <FormRow label="Coordinates">
        <Select
          label="How the coordinates are meant"
          className={styles.wide}
          value={value}
          onChange={(next) => {
            if (next !== OTHER) actions.chooseFrame(next === OWN ? null : FRAMES[next]);
          }}
          groups={[
            {
              items: [
                { value: OWN, label: `As the file says: ${frameText(list.frame)}` },
                ...Object.entries(FRAMES).map(([id, one]) => ({
                  value: id,
                  label: frameText(one),
                })),
                ...(value === OTHER ? [{ value: OTHER, label: frameText(frame!) }] : []),
              ],
            },
          ]}
        />
      </FormRow>
      {list.tomograms.length > 1 && (
        <FormRow label="Tomogram">
          <Select
            label="Which of the list's tomograms this is"
            className={styles.wide}
            value={tomogramIndex === null ? OWN : String(tomogramIndex)}
            onChange={(next) => actions.chooseListedTomogram(next === OWN ? null : Number(next))}
            groups={[
              {
                items: [
                  { value: OWN, label: `all ${list.tomograms.length} of the list` },
                  ...list.tomograms.map(({ name }, i) => ({ value: String(i), label: name })),
                ],
              },
            ]}
          />
        </FormRow>
      )}
    </>
  );
}

const TRANSFER_LABELS: Readonly<Record<TransferUse, string>> = {
  corrected: 'corrected for',
  kept: 'kept',
  squared: 'squared, as RELION keeps it',
};

/** What becomes of the contrast transfer of projections. */
function Transfer({ state: { projections } }: { readonly state: ParticlesState }) {
  if (!projections) return null;
  return (
    <FormRow label="Contrast transfer">
      <Select
        label="What becomes of contrast transfer"
        className={styles.wide}
        value={projections.source.transfer}
        onChange={actions.chooseTransfer}
        groups={[{ items: TRANSFERS.map((value) => ({ value, label: TRANSFER_LABELS[value] })) }]}
      />
    </FormRow>
  );
}

function FindingList({ findings }: { readonly findings: readonly Finding[] }) {
  if (findings.length === 0) return null;
  return (
    <ul className="findings">
      {findings.map(({ code, severity, message }) => (
        <li key={code + message} className={`finding finding-${severity}`}>
          {message}
        </li>
      ))}
    </ul>
  );
}

/** A second list that says what is really there. */
function Truth({ state }: { readonly state: ParticlesState }) {
  const { truth, matches, placed, particles } = state;
  if (truth && !matches) return <Progress stage={`Comparing with ${truth.list.fileName}`} />;
  if (!truth || !matches) {
    return (
      <div className="button-row">
        <FileButton onFiles={(files) => void truthFiles(files)}>Compare with the truth…</FileButton>
      </div>
    );
  }
  const { found, total, within, findings } = matches;
  const classed = truth.list.classes !== null && particles?.list.classes != null;
  const share = (part: number, of: number) => (of > 0 ? `${Math.round((100 * part) / of)}%` : '–');
  return (
    <>
      <div className={styles.truth}>
        <p className="small">
          {truth.list.fileName}: {found.toLocaleString('en')} of {total.toLocaleString('en')} found
          within {nm(within)} nm{classed ? ', whatever their class' : ''} (recall{' '}
          {share(found, total)}, precision {share(found, placed!.insideCount)}).
        </p>
        <Button tone="quiet" onClick={actions.forgetTruth}>
          Forget
        </Button>
      </div>
      <FindingList findings={[...truth.list.findings, ...findings].filter(isUnusual)} />
    </>
  );
}

const isUnusual = ({ severity }: Finding) => severity !== 'info';
