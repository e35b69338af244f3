import { useStore } from 'zustand';
import type { Evaluation } from '../../core/evaluation/index.ts';
import { evaluationStore } from '../../state/index.ts';
import { Explained } from '../Explained.tsx';
import { METHOD_NAMES } from '../glossary.ts';
import { percent, shortMeanStd } from './numbers.ts';
import { aboutSet, ordering } from './resultSentences.ts';
import styles from './Answer.module.css';

/** What came out, in words: do the sums follow the scores, and are the answers right? */
export function Answer() {
  const result = useStore(evaluationStore, (state) => state.result);
  const status = useStore(evaluationStore, (state) => state.status);
  if (!result) return null;
  const { respond, grad } = result.kendallTau;
  const soFar = status === 'running' ? 'So far: ' : '';
  return (
    <div className={styles.answer}>
      <p className={styles.claim}>
        {respond.mean === null ? (
          'None of the volumes could be evaluated.'
        ) : (
          <>
            {soFar}
            {METHOD_NAMES.respond}’s sums {ordering(respond.mean)}:{' '}
            <strong>
              <Explained topic="tau">τ</Explained> {shortMeanStd(respond)}
            </strong>
            {grad.mean !== null && (
              <>
                ; {METHOD_NAMES.grad}’s {ordering(grad.mean)}:{' '}
                <strong>τ {shortMeanStd(grad)}</strong>
              </>
            )}
            .
          </>
        )}
      </p>
      <p className={styles.detail}>
        {aboutSet(result)}. <Accuracy result={result} /> <Distance result={result} />
      </p>
    </div>
  );
}

function Accuracy({ result }: { readonly result: Evaluation }) {
  const { accuracy, labelled } = result;
  if (result.n === 0) return 'The reasons are on the left.';
  if (accuracy === null) return 'Their true classes are not known.';
  const right = Math.round(accuracy * labelled);
  return (
    <>
      The network names{' '}
      <strong>
        {right} of {labelled}
      </strong>{' '}
      rightly ({percent(accuracy)}).
    </>
  );
}

function Distance({ result }: { readonly result: Evaluation }) {
  const { respond, grad } = result.l1;
  if (respond.mean === null || grad.mean === null) return null;
  const ratio = grad.mean / respond.mean;
  return (
    <>
      From score to sum (<Explained topic="l1">L1</Explained>) it is {shortMeanStd(respond)} for{' '}
      {METHOD_NAMES.respond} and {shortMeanStd(grad)} for {METHOD_NAMES.grad}
      {ratio >= 2 && Number.isFinite(ratio) && `, ${Number(ratio.toPrecision(2))} times as far`}.
    </>
  );
}
