import { useState } from 'react';
import { useStore } from 'zustand';
import { FormRow } from '../ui/FormRow.tsx';
import { multiplications } from '../core/network/index.ts';
import { exportedSidecar } from '../core/preprocessing/index.ts';
import { axesOf, axesText, SAME_AXES, sameAxes } from '../core/segmentation/index.ts';
import { TARGET_WORDS } from '../core/target/index.ts';
import type { LayoutName, ModelInfo } from '../state/index.ts';
import { actions, engineStore, explainStore, kindsOf, networkFile } from '../state/index.ts';
import { classes } from '../ui/classes.ts';
import { Button } from '../ui/Button.tsx';
import { download } from '../ui/download.ts';
import { Select } from '../ui/Select.tsx';
import { NumbersField } from '../ui/NumbersField.tsx';
import { pickVector } from './pickVector.ts';
import { gridText, shapeText, voxelText } from './network/graphWords.ts';
import { ValuesFields } from './ValuesFields.tsx';
import { timeText } from './workTime.ts';
import facts from './FileFacts.module.css';
import styles from './NetworkForm.module.css';

/** What the network in use is, what was found in its file, and what is taken for granted about its input. */
export function NetworkForm({ model, onLayers }: FoundProps) {
  return (
    <div className={styles.columns}>
      <Found model={model} onLayers={onLayers} />
      <Expected model={model} />
    </div>
  );
}

const LAYOUTS: Record<LayoutName, string> = {
  'channels-first': 'channels first',
  'channels-last': 'channels last',
  'depth-in-batch': 'slices in the batch',
};

interface FoundProps {
  readonly model: ModelInfo;
  /** Opens the graph of the layers. */
  onLayers(): void;
}

function Found({ model, onLayers }: FoundProps) {
  const { inputShape, inputDeclared, outputs, layers, defaultLayer, parameters } = model;
  const layout = inputDeclared.layout && LAYOUTS[inputDeclared.layout];
  const suggested = layers.find(({ name }) => name === defaultLayer);
  const grid = suggested?.shape.slice(0, -1) ?? [];
  const picture = inputShape.length === 3;
  const axes = picture ? SAME_AXES : axesOf(model.sidecar.tiling);
  const cells = picture ? 'pixels' : 'voxels';
  const backend = useStore(engineStore, (state) => state.backend);
  const answer = useStore(explainStore, (state) => state.answer);
  const prepared = useStore(explainStore, (state) => state.prepared);
  const known = prepared?.volume.voxelSizeKnown ? prepared.volume.voxelSize[0] : null;
  const voxelSize = model.sidecar.voxelSize ?? known;
  const measured = answer?.model.id === model.id ? answer.result.timing.total : null;
  const [compared, setCompared] = useState('');
  const rows: [string, string][] = [
    ['Format', model.origin],
    [
      'Input',
      `${gridText(inputShape.slice(0, -1))} ${cells}, ${count(inputShape[inputShape.length - 1], 'channel')}${
        inputDeclared.open ? `; takes ${picture ? 'pictures' : 'volumes'} of other sizes, too` : ''
      }`,
    ],
    [
      'In the file',
      `[${inputDeclared.shape.join(', ')}]${layout ? `, ${layout}` : ''}${
        sameAxes(axes) ? '' : `; its axes are ${axesText(axes)} of a volume`
      }`,
    ],
    ...outputs.map((output, i): [string, string] => [
      i === 0 ? 'Explained' : 'Output',
      outputText(output),
    ]),
    ['Layers', `${layers.length} that a map can be drawn on`],
    [
      'Suggested',
      `${defaultLayer}, ${gridText(grid)} ${cells} (${voxelText(grid, inputShape, voxelSize)})`,
    ],
    ['Parameters', `${millions(parameters)} (${megabytes(parameters * 4)})`],
    [
      'Memory',
      `${megabytes(model.activationBytes)} for the values of one ${picture ? 'picture' : 'volume'}`,
    ],
    ['Time', timeText(multiplications(model.nodes), backend?.name ?? null, measured)],
    ...model.rewritten.map((part): [string, string] => ['Rewritten', part]),
  ];
  return (
    <section aria-label="What was found">
      <h3>What was found</h3>
      <dl className={classes(facts.facts, styles.facts)}>
        {rows.map(([name, text]) => (
          <div key={`${name} ${text}`}>
            <dt>{name}</dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
      <Button onClick={onLayers}>Graph of the layers…</Button>
      <Button
        onClick={() => void compare(setCompared)}
        title="The network's output for this volume, saved from PyTorch or Keras as .npy"
      >
        Compare with a reference output…
      </Button>
      {compared && <p role="status">{compared}</p>}
      {model.notes.length > 0 && (
        <ul className="steps" aria-label="Remarks">
          {model.notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
    </section>
  );
}

/** Whether the network computes here what it computes where it comes from. */
async function compare(say: (text: string) => void): Promise<void> {
  const picked = await pickVector(say);
  if (picked) say(await actions.compareOutput(picked.values, picked.file));
}

const REMOVED = { softmax: 'softmax', logSoftmax: 'log-softmax', sigmoid: 'sigmoid' } as const;

function outputText(output: ModelInfo['outputs'][number]): string {
  const { name, shape, removed } = output;
  const [first, ...others] = kindsOf(output).map((kind) => TARGET_WORDS[kind].label.toLowerCase());
  const cut = removed ? `; its final ${REMOVED[removed]} is taken off` : '';
  const also = others.length > 0 ? `; can be explained as well: ${others.join(', ')}` : '';
  return `${name}, ${shapeText(shape)}: ${first}${cut}${also}`;
}

/** What the file does not say; asked for once and kept in a file beside the network. */
function Expected({ model }: { readonly model: ModelInfo }) {
  const { voxelSize, normalization, contrast } = model.sidecar;
  const [fault, setFault] = useState('');
  return (
    <section aria-label="What it expects">
      <h3>What it expects</h3>
      <p className="small">
        {voxelSize && normalization && contrast
          ? 'As its files or you say.'
          : 'Its file does not say all of this. What you know makes the explanation fit what the network was trained on.'}
      </p>
      <FormRow label="Voxel size (Å)">
        <NumbersField
          label="Voxel size that the network was trained at, in Å"
          values={voxelSize ? [voxelSize] : []}
          limit={1}
          narrow
          onCommit={([size]) => actions.describeNetwork({ voxelSize: size || undefined })}
        />
      </FormRow>
      <ValuesFields model={model} />
      <FormRow label="Molecules">
        <KnownSelect
          label="Sign of the molecules in the training volumes"
          value={contrast}
          unknown="Not known"
          known={{ dark: 'Dark (negative)', bright: 'Bright (positive)' }}
          onChange={(value) => actions.describeNetwork({ contrast: value })}
        />
      </FormRow>
      <label className={styles.names}>
        <span className="label">Classes, one per line</span>
        <textarea
          key={model.id}
          rows={Math.min(8, Math.max(2, model.classes.length))}
          defaultValue={model.classes.join('\n')}
          onBlur={(event) => setFault(nameClasses(model, event.currentTarget.value))}
        />
      </label>
      {fault && <p role="alert">{fault}</p>}
      <Button onClick={() => save(model)}>Save what it expects</Button>
      <p className="small">
        As {networkFile(model)}: dropped together with the network, it says all this again.
      </p>
    </section>
  );
}

const UNKNOWN = 'unknown';

interface KnownSelectProps<Value extends string> {
  readonly label: string;
  readonly value: Value | undefined;
  /** What stands for `undefined`. */
  readonly unknown: string;
  /** Labels of the values that can be chosen. */
  readonly known: Readonly<Partial<Record<Value, string>>>;
  onChange(value: Value | undefined): void;
}

/** A choice among values of which one may be known. */
function KnownSelect<Value extends string>(props: KnownSelectProps<Value>) {
  const { label, value, unknown, known, onChange } = props;
  const items = Object.entries<string | undefined>(known).map(([one, text]) => ({
    value: one,
    label: text ?? one,
  }));
  return (
    <Select
      label={label}
      value={value ?? UNKNOWN}
      onChange={(next) => onChange(next === UNKNOWN ? undefined : (next as Value))}
      groups={[{ items: [{ value: UNKNOWN, label: unknown }, ...items] }]}
    />
  );
}

/** What is wrong with the names, as a sentence; empty where they are taken. */
function nameClasses({ classes }: ModelInfo, text: string): string {
  const names = text.split('\n').map((name) => name.trim());
  while (names.at(-1) === '') names.pop();
  if (names.join('\n') === classes.join('\n')) return '';
  if (names.length !== classes.length || names.includes('')) {
    return `${count(names.length, 'line')} for ${count(classes.length, 'class', 'classes')}; accepted: one name per line and class`;
  }
  actions.describeNetwork({ classes: names });
  return '';
}

function save(model: ModelInfo): void {
  const { sidecar } = model;
  const text = `${JSON.stringify(exportedSidecar(sidecar), null, 2)}\n`;
  download(networkFile(model), new Blob([text], { type: 'application/json' }));
}

const count = (n: number, what: string, several = `${what}s`) => `${n} ${n === 1 ? what : several}`;
const millions = (n: number) =>
  n >= 1e6 ? `${(n / 1e6).toFixed(1)} million` : n.toLocaleString('en');
const megabytes = (bytes: number) => `${(bytes / 1e6).toPrecision(bytes < 1e6 ? 1 : 3)} MB`;
