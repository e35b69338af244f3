import { useStore } from 'zustand';
import {
  actions,
  explainStore,
  networkStore,
  outputOf,
  targetKindOf,
  volumesStore,
} from '../state/index.ts';
import { Button, IconButton } from '../ui/Button.tsx';
import { CloseIcon } from '../ui/icons.tsx';
import { FormRow } from '../ui/FormRow.tsx';
import { Select } from '../ui/Select.tsx';
import { pickVector } from './pickVector.ts';
import styles from './ReferencesField.module.css';

/** What the volume shown is compared with: other opened volumes as the network sees them, and vectors of files. */
export function ReferencesField() {
  const model = useStore(networkStore, (state) => state.model);
  const aim = useStore(explainStore, (state) => state.aim);
  const items = useStore(volumesStore, (state) => state.items);
  const currentId = useStore(volumesStore, (state) => state.currentId);
  if (!model) return null;
  const { target } = aim;
  const similar = targetKindOf(model, aim) === 'similarity';
  if (!similar && !outputOf(model, aim).embedding) return null;
  const names = target?.kind === 'similarity' ? (target.names ?? ['reference']) : [];
  const others = items.filter(({ id }) => id !== currentId);
  return (
    <div className={styles.references}>
      {names.length > 0 && (
        <ul aria-label="References">
          {names.map((name, index) => (
            <li key={name} className={styles.reference}>
              <span>{name}</span>
              <IconButton
                label={`Remove ${name}`}
                icon={<CloseIcon />}
                onClick={() => actions.removeReference(index)}
              />
            </li>
          ))}
        </ul>
      )}
      {others.length > 0 ? (
        <FormRow label="Alike to">
          <Select
            label="Volume to compare with"
            value={null}
            placeholder="An opened volume…"
            onChange={(id) => void actions.addReferenceVolume(id)}
            groups={[{ items: others.map(({ id, name }) => ({ value: id, label: name })) }]}
          />
        </FormRow>
      ) : (
        <p className="small">Open another volume to see what makes the two alike.</p>
      )}
      <Button onClick={() => void addVector()}>Compare with a vector (.npy)…</Button>
    </div>
  );
}

async function addVector(): Promise<void> {
  const picked = await pickVector();
  if (picked) actions.addReferenceVector(picked.file, picked.values);
}
