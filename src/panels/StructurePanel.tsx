import { useStore } from 'zustand';
import {
  actions,
  CENTRED,
  simulatedPose,
  STRUCTURE_LOOKS,
  type StructureLook,
  structureStore,
  type StructurePose,
  turnedPose,
  volumesStore,
} from '../state/index.ts';
import { Button, IconButton } from '../ui/Button.tsx';
import { FormRow } from '../ui/FormRow.tsx';
import { CloseIcon } from '../ui/icons.tsx';
import { NumbersField } from '../ui/NumbersField.tsx';
import { Switch } from '../ui/Switch.tsx';
import { ToggleGroup } from '../ui/ToggleGroup.tsx';
import styles from './StructurePanel.module.css';

const AXES = ['x', 'y', 'z'] as const;
const LOOKS: Readonly<Record<StructureLook, string>> = { ribbon: 'Ribbon', atoms: 'Atoms' };
/** Degrees of one click. */
const STEP = 10;

/** The structure over the volume: whether it is shown, and where; moved and turned with the mouse or fields. */
export function StructurePanel() {
  const { atoms, pose, visible, drawn } = useStore(structureStore);
  const simulated = useStore(volumesStore, (volumes) => simulatedPose(volumes));
  if (!atoms) return null;
  const place = (next: StructurePose) => actions.placeStructure(next);
  return (
    <section className="panel-section" aria-label="Structure">
      <div className={styles.head}>
        <h3 title={atoms.name}>{atoms.name}</h3>
        <IconButton
          label={`Close ${atoms.name}`}
          icon={<CloseIcon />}
          onClick={actions.closeStructure}
        />
      </div>
      <p className="small">{atoms.atoms.toLocaleString('en')} atoms over the volume</p>
      <Switch label="Shown" checked={visible} onChange={actions.showStructure} />
      {atoms.ribbon && (
        <FormRow label="Drawn as">
          <ToggleGroup<StructureLook>
            label="The structure is drawn as"
            value={drawn}
            onChange={actions.drawStructure}
            choices={STRUCTURE_LOOKS.map((value) => ({ value, label: LOOKS[value] }))}
          />
        </FormRow>
      )}
      <FormRow label="From the middle, nm">
        <NumbersField
          label="Shift from the middle of the box along x, y and z, nm"
          values={pose.shift.map((value) => value / 10)}
          limit={3}
          onCommit={([x, y, z]) => {
            if (z !== undefined) actions.placeStructure({ shift: [10 * x, 10 * y, 10 * z] });
          }}
        />
      </FormRow>
      {AXES.map((axis, i) => (
        <FormRow key={axis} label={`Turn about ${axis}`}>
          <span className={styles.turn}>
            {[-STEP, STEP].map((degrees) => (
              <Button
                key={degrees}
                aria-label={`Turn the structure by ${degrees} degrees about ${axis}`}
                onClick={() => actions.placeStructure(turnedPose(pose, i, degrees), true)}
              >
                {degrees > 0 ? '+' : '−'}
                {STEP}°
              </Button>
            ))}
          </span>
        </FormRow>
      ))}
      <div className={styles.buttons}>
        <Button onClick={() => place(CENTRED)}>Centre</Button>
        {simulated && <Button onClick={() => place(simulated)}>As simulated</Button>}
      </div>
    </section>
  );
}
