import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import { sentence } from '../../core/errors.ts';
import { columnNames } from '../../panels/index.ts';
import { displayStore, viewStore } from '../../state/index.ts';
import { Button } from '../../ui/Button.tsx';
import { FormRow } from '../../ui/FormRow.tsx';
import { CheckIcon, WarningIcon } from '../../ui/icons.tsx';
import { NumbersField } from '../../ui/NumbersField.tsx';
import { Switch } from '../../ui/Switch.tsx';
import { ToggleGroup } from '../../ui/ToggleGroup.tsx';
import { useMedia } from '../../ui/useMedia.ts';
import { pictureChecks } from './checks.ts';
import { copyPicture, savePicture, takePicture } from './index.ts';
import {
  DPI_RANGE,
  type Ground,
  GROUNDS,
  PICTURE_FORMATS,
  PICTURE_PARTS,
  type PictureFormat,
  type PictureOptions,
  type PicturePart,
  pictureStore,
  WIDTH_RANGE,
} from './options.ts';
import { isDrawn } from './shownScene.ts';
import styles from './PictureForm.module.css';

const change = (part: Partial<PictureOptions>) => pictureStore.setState(part);

const choicesOf = <Value extends string>(
  rows: Readonly<Record<Value, { readonly label: string; readonly hint?: string }>>,
) =>
  (Object.keys(rows) as Value[]).map((value) => ({
    value,
    label: rows[value].label,
    hint: rows[value].hint,
  }));

/** What the picture shows and how it is saved, with a preview and what to look at before. */
export function PictureForm({ onDone }: { onDone(): void }) {
  return (
    <div className={styles.content}>
      <Preview />
      <div className={styles.form}>
        <Columns />
        <Form />
      </div>
      <Checks />
      <Buttons onDone={onDone} />
    </div>
  );
}

function Columns() {
  const all = useStore(displayStore, (display) => display.columns);
  // Where one panel is shown at a time, the others have no view to draw.
  const columns = all.filter(({ id, volume }) => volume?.shape[0] === 1 || isDrawn(id));
  const names = columnNames(all);
  const hidden = useStore(pictureStore, (options) => options.hidden);
  const shown = columns.filter(({ id }) => !hidden.includes(id)).length;
  return (
    <fieldset className={styles.group}>
      <legend className="label">Panels</legend>
      {columns.map(({ id, shown: map, panel }) => {
        const checked = !hidden.includes(id);
        const toggle = () =>
          change({ hidden: checked ? [...hidden, id] : hidden.filter((one) => one !== id) });
        return (
          <label key={id} className={styles.check}>
            <input
              type="checkbox"
              checked={checked}
              disabled={checked && shown === 1}
              onChange={toggle}
            />
            {map || !panel ? names.get(id) : 'Panel without a map'}
          </label>
        );
      })}
    </fieldset>
  );
}

function Form() {
  const { format, ground, widthMm, dpi, parts } = useStore(pictureStore);
  const within = ([value]: readonly number[], [least, most]: readonly [number, number]) =>
    Math.min(most, Math.max(least, value));
  return (
    <>
      <FormRow label="Format">
        <ToggleGroup<PictureFormat>
          label="Format"
          value={format}
          choices={choicesOf(PICTURE_FORMATS)}
          onChange={(value) => change({ format: value })}
        />
      </FormRow>
      <FormRow label="Ground">
        <ToggleGroup<Ground>
          label="Ground"
          value={ground}
          choices={choicesOf(GROUNDS)}
          onChange={(value) => change({ ground: value })}
        />
      </FormRow>
      <FormRow label="Width, mm">
        <NumbersField
          label="Width in millimetres"
          values={[widthMm]}
          limit={1}
          narrow
          onCommit={(values) => change({ widthMm: within(values, WIDTH_RANGE) })}
        />
      </FormRow>
      <FormRow label="dpi">
        <NumbersField
          label="Pixels per inch"
          values={[dpi]}
          limit={1}
          narrow
          onCommit={(values) => change({ dpi: within(values, DPI_RANGE) })}
        />
      </FormRow>
      {(Object.keys(PICTURE_PARTS) as PicturePart[]).map((part) => (
        <Switch
          key={part}
          label={PICTURE_PARTS[part].label}
          checked={parts[part]}
          onChange={(checked) => change({ parts: { ...parts, [part]: checked } })}
        />
      ))}
    </>
  );
}

/** Pixels that the preview is wide. */
const PREVIEW_WIDTH = 1120;
const PREVIEW_MS = 150;

function Preview() {
  const options = useStore(pictureStore);
  const view = useStore(viewStore);
  const display = useStore(displayStore);
  const dark = useMedia('(prefers-color-scheme: dark)');
  const [picture, setPicture] = useState<{ url: string } | { error: string } | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what the picture is taken of
  useEffect(() => {
    let current = true;
    const timer = setTimeout(() => {
      const dpi = (PREVIEW_WIDTH / options.widthMm) * 25.4;
      takePicture({ ...options, format: 'png', dpi }, { preview: true }).then(
        (taken) => {
          if (current && taken) setPicture({ url: URL.createObjectURL(taken.blob) });
        },
        (error: unknown) => current && setPicture({ error: sentence(error) }),
      );
    }, PREVIEW_MS);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [options, view, display, dark]);
  // The image of the options before stays until the next one is there.
  useEffect(() => {
    if (picture && 'url' in picture) return () => URL.revokeObjectURL(picture.url);
  }, [picture]);
  return (
    <div className={styles.preview} data-ground={options.ground}>
      {picture && 'url' in picture && <img src={picture.url} alt="Preview" />}
      {picture && 'error' in picture && <p role="alert">{picture.error}</p>}
      {!picture && <p className="small">The preview is being drawn.</p>}
    </div>
  );
}

function Checks() {
  const options = useStore(pictureStore);
  useStore(displayStore);
  useStore(viewStore);
  return (
    <ul className={styles.checks} aria-label="Before saving">
      {pictureChecks(options).map(({ fine, text }) => (
        <li key={text} className={fine ? '' : styles.wrong}>
          {fine ? <CheckIcon /> : <WarningIcon />}
          {text}
        </li>
      ))}
    </ul>
  );
}

function Buttons({ onDone }: { onDone(): void }) {
  const options = useStore(pictureStore);
  const [said, setSaid] = useState('');
  const { label } = PICTURE_FORMATS[options.format];
  const run = (work: Promise<void>, done: string) =>
    work.then(
      () => setSaid(done),
      (error: unknown) => setSaid(sentence(error)),
    );
  const copy = () => void run(copyPicture(options), 'Copied.');
  const save = () => void run(savePicture(options).then(onDone), '');
  return (
    <div className={styles.buttons}>
      <span role="status">{said}</span>
      <Button onClick={copy}>Copy</Button>
      <Button tone="primary" onClick={save}>
        Save as {label}
      </Button>
    </div>
  );
}
