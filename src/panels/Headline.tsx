import { type ReactNode, useMemo } from 'react';
import { useStore } from 'zustand';
import { cosineSimilarity } from '../core/agreement/index.ts';
import { rivalOf, sumsToScore, writtenSum } from '../core/cam/index.ts';
import { formatValue } from '../core/color/index.ts';
import { sameShape } from '../core/volume/index.ts';
import { doubtOf } from '../core/domain/index.ts';
import {
  currentVolume,
  type Display,
  displayStore,
  headerColumns,
  optionsOf,
  type ShownMap,
  volumesStore,
} from '../state/index.ts';
import { domainOf } from './domainFindings.ts';
import { Explained } from './Explained.tsx';
import { answerWords } from './answerWords.ts';
import { classOf, firstWords, withoutId } from './classNames.ts';
import { account, agreement, evidence } from './heatmapSentences.ts';
import { probability, signed } from './numbers.ts';
import { METHOD_NAMES } from './glossary.ts';
import { classes } from '../ui/classes.ts';
import styles from './Headline.module.css';
import { withMinus } from '../core/minus.ts';

/** The answer in words: what the network says, how far the maps account for it, do they agree. */
interface HeadlineProps {
  /** Stands beside the details where there is room. */
  readonly aside?: ReactNode;
}

export function Headline({ aside }: HeadlineProps) {
  const display = useStore(displayStore);
  const { answer, stale } = display;
  const [left, right] = headlineMaps(display);
  const doubt = useStore(volumesStore, (state) =>
    answer && !stale ? doubtOf(domainOf(answer, optionsOf(state).normalization)) : null,
  );
  const trueName = useStore(volumesStore, (state) => {
    const item = currentVolume(state);
    return item?.truth ?? item?.sample?.className;
  });
  const facts = useMemo(
    () =>
      right && {
        cosineSimilarity: left && similarityOf(left, right),
        evidence: evidence(right.map),
      },
    [left, right],
  );
  if (!answer) return <div className={styles.headline} />;
  const { model } = answer;
  const { predicted, scores, probabilities, target } = answer.result;
  const output = model.outputs.find((one) => one.name === target.output);
  const kind = output?.embedding && target.kind === 'class' ? 'value' : target.kind;
  // Where all panels ask something else than the header, there is an answer without a map.
  const shown = right?.classIndex ?? predicted;
  const score = scores[shown];
  const { region, voxels } = target;
  const { verb, extent } = answerWords({
    kind,
    predicted,
    probabilities,
    count: scores.length,
    region,
    voxels,
  });
  const name = (index: number) => model.classes[index] ?? `class ${index + 1}`;
  const rival = rivalOf(scores, predicted);
  const truth = trueName === undefined ? null : classOf(trueName, model.classes);
  return (
    <div className={classes(styles.headline, stale && 'is-stale')} aria-live="polite">
      <p className={styles.headlineAnswer}>
        {stale ? model.title : 'Network'} {verb}{' '}
        <strong className={styles.headlineName}>{name(predicted)}</strong>{' '}
        {probabilities && (
          <span className={styles.headlineP}>p {probability(probabilities[predicted])}</span>
        )}
        {extent && <span className={styles.headlineP}>{extent}</span>}
        {doubt && (
          <span
            className={classes(styles.verdict, styles['is-wrong'])}
            title={`The answer is one ${doubt.sentence}.`}
          >
            {doubt.badge}
          </span>
        )}
        {kind === 'class' && truth !== null && (
          <Verdict right={truth === predicted} truth={name(truth)} />
        )}
        {rival !== null && kind === 'class' && (
          <span className={styles.next}>
            Next: <Shortened name={withoutId(name(rival))} />,{' '}
            {formatValue(scores[predicted] - scores[rival])} below
          </span>
        )}
      </p>
      <div className={styles.details}>
        <p className={styles.headlineDetail}>
          {shown !== predicted && (
            <>
              Shown: <strong>{name(shown)}</strong>
              {probabilities && `, p ${probability(probabilities[shown])}`}.{' '}
            </>
          )}
          {target.against === undefined
            ? 'Score'
            : `Score minus that of ${withoutId(name(target.against))}`}{' '}
          <strong>{formatValue(score)}</strong>
          {right && facts && sumsToScore(right.method) && (
            <>
              : {account(METHOD_NAMES[right.method], writtenSum(right.map), score)} (
              <span className="for">{signed(facts.evidence.inFavour)} in favour</span>,{' '}
              <span className="against">{signed(facts.evidence.against)} against</span>)
            </>
          )}
          {left && right && sumsToScore(left.method) && (
            <>
              {sumsToScore(right.method) ? ', ' : ': '}
              {account(METHOD_NAMES[left.method], writtenSum(left.map), score)}
            </>
          )}
          .{' '}
          {left && facts && (
            <>
              <Explained topic="cosineSimilarity">{agreement(facts.cosineSimilarity)}</Explained>
              {facts.cosineSimilarity !== null &&
                ` (${withMinus(facts.cosineSimilarity.toFixed(2))})`}
              .
            </>
          )}
        </p>
        {aside}
      </div>
    </div>
  );
}

/** The last map of what the header asks, which the words are about, and the first, which it is held against. */
function headlineMaps(display: Display): readonly [ShownMap | null, ShownMap | null] {
  const maps = headerColumns(display).map(({ shown }) => shown);
  const right = maps.at(-1) ?? null;
  return [maps.length > 1 ? maps[0] : null, right];
}

/** Of the maps as they are where they have one grid, else as they are drawn. */
function similarityOf(left: ShownMap, right: ShownMap): number | null {
  return sameShape(left.gridShape, right.gridShape)
    ? cosineSimilarity(left.map.data, right.map.data)
    : cosineSimilarity(left.heatmap.data, right.heatmap.data);
}

/** A class; what stands in brackets behind it only where there is room. */
function Shortened({ name }: { readonly name: string }) {
  const first = firstWords(name);
  return (
    <span title={name}>
      {first}
      <span className={styles.brackets}>{name.slice(first.length)}</span>
    </span>
  );
}

function Verdict({ right, truth }: { readonly right: boolean; readonly truth: string }) {
  return (
    <span className={classes(styles.verdict, !right && styles['is-wrong'])}>
      {right ? 'correct' : `truth: ${truth}`}
    </span>
  );
}
