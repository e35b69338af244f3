import { useMemo } from 'react';
import { useStore } from 'zustand';
import { rivalOf } from '../../core/cam/index.ts';
import { type Mark, type TrustId, trustLines } from '../../core/trust/index.ts';
import {
  actions,
  type Answer,
  isPicture,
  mapIn,
  optionsOf,
  type ShownMap,
  viewStore,
  volumesStore,
} from '../../state/index.ts';
import { Button } from '../../ui/Button.tsx';
import { RankLines } from '../../ui/charts/RankLines.tsx';
import { classes } from '../../ui/classes.ts';
import { CheckIcon, HelpIcon, WarningIcon } from '../../ui/icons.tsx';
import { firstWords } from '../classNames.ts';
import { domainOf } from '../domainFindings.ts';
import { METHOD_NAMES } from '../glossary.ts';
import { REMEDIES } from '../remarks.ts';
import { MapTests } from './MapTests.tsx';
import { Occlude } from './Occlude.tsx';
import { finerLayer, nameOf, trustFacts } from './facts.ts';
import styles from './Trust.module.css';

interface TrustProps {
  readonly answer: Answer;
  readonly shown: ShownMap;
}

const MARKS: Readonly<Record<Mark, { readonly word: string; readonly icon: React.ReactNode }>> = {
  good: { word: 'yes', icon: <CheckIcon /> },
  care: { word: 'with care', icon: <span aria-hidden="true">~</span> },
  bad: { word: 'no', icon: <WarningIcon /> },
  unknown: { word: 'not known', icon: <HelpIcon /> },
};

/** Whether a map can be believed: one line for each check, figures on demand, remedies where there are some. */
export function Trust({ answer, shown }: TrustProps) {
  const level = useStore(viewStore, (view) => view.inputLevel);
  const lengthUnit = useStore(viewStore, (view) => view.lengthUnit);
  const normalization = useStore(volumesStore, (state) => optionsOf(state).normalization);
  const lines = useMemo(
    () => trustLines(trustFacts(answer, shown, { level, lengthUnit, normalization })),
    [answer, shown, level, lengthUnit, normalization],
  );
  return (
    <section className="panel-section" aria-label="Can I trust it?">
      <h3>Can I trust it? {METHOD_NAMES[shown.method]}</h3>
      <ul className={styles.lines}>
        {lines.map(({ id, mark, text, figures }) => (
          <li key={id} className={classes(styles.line, styles[mark])}>
            <details>
              <summary>
                <span className={styles.mark}>{MARKS[mark].icon}</span>
                <span className="visually-hidden">{MARKS[mark].word}: </span>
                {text}
              </summary>
              <p className="small">{figures}</p>
              {id === 'ranks' && <Ranking {...{ answer, shown }} />}
            </details>
            {(mark === 'bad' || mark === 'care') && (
              <RemedyButton {...{ id, answer, shown, normalization }} />
            )}
          </li>
        ))}
      </ul>
      <MapTests method={shown.method} picture={isPicture(answer.item)} />
      <Occlude answer={answer} method={shown.method} />
    </section>
  );
}

/** Map sums against scores of all classes. */
function Ranking({ answer: { result, model }, shown }: TrustProps) {
  const scores = Array.from(result.scores);
  const sums = scores.map((_, index) => mapIn(result, shown.method, index)?.map.sum ?? Number.NaN);
  if (!sums.every(Number.isFinite)) return null;
  return (
    <RankLines
      label={`Map sums and scores of ${scores.length} classes`}
      titles={['Map sum', 'Score']}
      left={sums}
      right={scores}
      names={scores.map((_, index) => nameOf(model.classes, index))}
      chosen={shown.classIndex}
    />
  );
}

interface RemedyProps extends TrustProps {
  readonly id: TrustId;
  readonly normalization: Parameters<typeof domainOf>[1];
}

/** What helps; nothing where nothing does. */
function RemedyButton(props: RemedyProps) {
  const remedy = remedyOf(props);
  return remedy && <Button onClick={remedy.run}>{remedy.label}</Button>;
}

function remedyOf({ id, answer, shown, normalization }: RemedyProps) {
  const { model, result, prepared } = answer;
  if (id === 'input') {
    const finding = domainOf(answer, normalization).find(({ remedy }) => remedy !== null);
    return finding?.remedy ? REMEDIES[finding.remedy] : undefined;
  }
  if (id === 'specific') {
    if (result.target.kind === 'difference')
      return { label: 'Back to the score', run: () => actions.chooseAim({ target: null }) };
    const rival = rivalOf(result.scores, shown.classIndex);
    if (rival === null || result.target.kind !== 'class') return undefined;
    return {
      label: `Why not ${firstWords(nameOf(model.classes, rival))}?`,
      run: () => actions.chooseAim({ target: { kind: 'difference', against: rival } }),
    };
  }
  if (id === 'resolution') {
    const { voxelSize } = prepared.volume;
    const now = (voxelSize[0] * model.inputShape.at(-2)!) / shown.gridShape[2];
    const layer = finerLayer(model, voxelSize, now / 2);
    return layer === null
      ? undefined
      : { label: `See ${layer}`, run: () => actions.chooseLayer(layer) };
  }
  return undefined;
}
