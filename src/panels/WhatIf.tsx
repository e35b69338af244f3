import { useEffect } from 'react';
import { useStore } from 'zustand';
import { answerWords, readingLabel, type Tried, whatIfSummary } from '../core/whatif/index.ts';
import { actions, explainStore, whatIfKey, whatIfStore } from '../state/index.ts';
import { Button } from '../ui/Button.tsx';
import { Popover } from '../ui/Popover.tsx';
import { classes } from '../ui/classes.ts';
import { Explained } from './Explained.tsx';
import styles from './WhatIf.module.css';

/** The page is drawn first. */
const DELAY_MS = 600;

/** Whether the usual mistakes of reading a volume decide about the answer: one line, as high whatever it says. */
export function WhatIf() {
  const wanted = useStore(explainStore, whatIfKey);
  const { key, status, fraction, found, error } = useStore(whatIfStore);
  useEffect(() => {
    if (wanted === null) return;
    const timer = setTimeout(() => void actions.tryCheapReadings(), DELAY_MS);
    return () => clearTimeout(timer);
  }, [wanted]);
  if (wanted === null) return <div className={styles.line} />;
  const own = key === wanted ? status : 'idle';
  return (
    <section className={styles.line} aria-label="Other readings of the volume" aria-live="polite">
      <span>
        <Explained topic="whatIf">Other readings:</Explained>
      </span>
      {own === 'idle' && (
        <Button
          tone="quiet"
          className={styles.try}
          title="Contrast, voxel size and normalisation"
          onClick={() => void actions.tryReadings()}
        >
          Try them
        </Button>
      )}
      {own === 'running' && <span>trying, {Math.round(100 * fraction)}%</span>}
      {own === 'error' && <span className={styles.rest}>{error}</span>}
      {own === 'ready' && found && <Found tried={found.tried} inDomain={found.inDomain} />}
    </section>
  );
}

interface FoundProps {
  readonly tried: readonly Tried[];
  /** Of the present reading. */
  readonly inDomain: boolean | null;
}

function Found({ tried, inDomain }: FoundProps) {
  const names = useStore(explainStore, (state) => state.answer?.model.classes) ?? [];
  const changing = tried.filter(({ difference }) => difference.changes);
  if (changing.length === 0)
    return (
      <span className={styles.rest}>
        <Words full={whatIfSummary(tried)} brief={`none of ${tried.length} differs`} />
      </span>
    );
  // The one that mends an input unlike the training volumes.
  const better = inDomain === false ? changing.find((one) => one.inDomain) : undefined;
  return (
    <>
      <Popover
        label="Readings that change the answer"
        button={
          <span>
            {changing.length} of {tried.length}{' '}
            {changing.length === 1 ? (
              <Words full="changes the answer" brief="differs" />
            ) : (
              <Words full="change the answer" brief="differ" />
            )}
          </span>
        }
      >
        <p className={styles.hint}>Choose one to read the input so; it can be undone.</p>
        <ul className={styles.readings}>
          {changing.map((one) => (
            <li key={one.id}>
              <button
                type="button"
                className={styles.reading}
                title={one.sentence}
                onClick={() => actions.setInputOptions(one.change)}
              >
                <span>{readingLabel(one)}</span>
                <span>{answerWords(one.difference, names)}</span>
                <span className={styles.like}>{DOMAIN_WORDS[String(one.inDomain)]}</span>
              </button>
            </li>
          ))}
        </ul>
      </Popover>
      {better && (
        <span className={classes(styles.rest, styles.full)}>
          {readingLabel(better)}: {answerWords(better.difference, names)}, like the training
          volumes.
        </span>
      )}
      {better && (
        <Button
          tone="quiet"
          className={styles.full}
          onClick={() => actions.setInputOptions(better.change)}
        >
          Read it so
        </Button>
      )}
    </>
  );
}

/** Fewer words where the line is narrow. */
function Words({ full, brief }: Readonly<Record<'full' | 'brief', string>>) {
  return (
    <>
      <span className={styles.full}>{full}</span>
      <span className={styles.brief}>{brief}</span>
    </>
  );
}

const DOMAIN_WORDS: Readonly<Record<string, string>> = {
  true: 'like the training volumes',
  false: 'unlike the training volumes',
  null: '',
};
