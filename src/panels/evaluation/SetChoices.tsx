import { useStore } from 'zustand';
import { trainedSnr } from '../../core/evaluation/index.ts';
import {
  actions,
  evaluationStore,
  type GallerySample,
  networkStore,
  volumesStore,
} from '../../state/index.ts';
import { FormRow } from '../../ui/FormRow.tsx';
import { FileButton } from '../../ui/FileButton.tsx';
import { NumbersField } from '../../ui/NumbersField.tsx';
import { Select } from '../../ui/Select.tsx';
import { ToggleGroup } from '../../ui/ToggleGroup.tsx';
import { Explained } from '../Explained.tsx';
import { VOLUME_ACCEPT } from '../openFiles.ts';
import { evaluateFiles } from './evaluateFiles.ts';
import shared from './evaluation.module.css';
import styles from './SetChoices.module.css';

const LEVELS = [Number.POSITIVE_INFINITY, 1, 0.5, 0.2, 0.1, 0.05, 0.03];
const MOST_PER_CLASS = 1000;

const noise = (snr: number) => (Number.isFinite(snr) ? `SNR ${snr}` : 'no noise');

/** Volumes that training has not seen, drawn in the page. */
export function SimulatedChoice() {
  const { perClass, snr } = useStore(evaluationStore, (state) => state.choice);
  const model = useStore(networkStore, (state) => state.model);
  const trained = model && trainedSnr(model.sidecar.recipe);
  return (
    <>
      <FormRow label="Of each class">
        <NumbersField
          label="Simulated volumes of each class"
          narrow
          values={[perClass]}
          limit={1}
          onCommit={([value]) =>
            actions.chooseEvaluation({
              perClass: Math.max(1, Math.min(MOST_PER_CLASS, Math.round(value))),
            })
          }
        />
      </FormRow>
      <FormRow label={<Explained topic="snr">Noise</Explained>}>
        <Select
          label="Noise of the simulated volumes"
          className={shared.selectShort}
          value={snr === null ? 'trained' : String(snr)}
          onChange={(value) =>
            actions.chooseEvaluation({ snr: value === 'trained' ? null : Number(value) })
          }
          groups={[
            {
              items: [
                {
                  value: 'trained',
                  label: 'as trained',
                  detail: trained ? noise(trained) : undefined,
                },
                ...LEVELS.map((level) => ({ value: String(level), label: noise(level) })),
              ],
            },
          ]}
        />
      </FormRow>
      <p className="small">
        New poses and noise from the paper’s 23 structures, held out from training and drawn in this
        page; the same ones every time.
      </p>
    </>
  );
}

/** The gallery of the explain page. */
export function BundledChoice() {
  const gallery = useStore(volumesStore, (state) => state.gallery);
  const wanted = useStore(evaluationStore, (state) => state.choice.sampleSnr);
  const levels = [...new Set(gallery.map(({ snr }) => snr))];
  const count = gallery.filter(({ snr }) => wanted === null || snr === wanted).length;
  return (
    <>
      <ToggleGroup
        label="Noise of the samples"
        value={String(wanted)}
        onChange={(value) =>
          actions.chooseEvaluation({
            sampleSnr: levels.find((level) => String(level) === value) ?? null,
          })
        }
        choices={[
          { value: 'null', label: 'All' },
          ...levels.map((level: GallerySample['snr']) => ({
            value: String(level),
            label: level === 'inf' ? 'No noise' : `SNR ${level}`,
          })),
        ]}
      />
      <p className="small">{count} volumes, one of each class: the gallery of the Explain page.</p>
    </>
  );
}

/** A folder or several files of the user's. */
export function FilesChoice() {
  const files = useStore(evaluationStore, (state) => state.files);
  return (
    <>
      <div className="button-row">
        <FileButton folder onFiles={(list) => void evaluateFiles(list)}>
          Folder…
        </FileButton>
        <FileButton accept={`${VOLUME_ACCEPT},.json`} onFiles={(list) => void evaluateFiles(list)}>
          Files…
        </FileButton>
      </div>
      {files && (
        <p className={styles.chosenFiles}>
          <strong>{files.name}</strong>, {files.entries.length}{' '}
          {files.entries.length === 1 ? 'file' : 'files'}
        </p>
      )}
      <p className="small">
        Or drop them anywhere. Classes come from the names of sub-folders, or from the index.json
        that the simulate command writes. Nothing leaves this machine.
      </p>
    </>
  );
}
