import { useStore } from 'zustand';
import { evaluationStore } from '../../state/index.ts';
import { Welcome as Frame } from '../../ui/Welcome.tsx';
import { Explained } from '../Explained.tsx';
import styles from './Welcome.module.css';

/** In the results' place while there are none. */
export function Welcome() {
  const status = useStore(evaluationStore, (state) => state.status);
  const error = useStore(evaluationStore, (state) => state.error);
  if (status === 'running') {
    return <p className={styles.waiting}>The first volume is on its way…</p>;
  }
  return (
    <Frame title="Can the maps be trusted, over many volumes?">
      {error && (
        <p className="remark" role="alert">
          {error}
        </p>
      )}
      <p>
        One heatmap may look right by chance. Here a network answers for many volumes whose class is
        known, and each of its heatmaps is added up and held against the score that it is to
        explain:
      </p>
      <ul>
        <li>
          Table 1 of the paper: how far sums are from scores (<Explained topic="l1">L1</Explained>)
          and whether they order the classes alike (<Explained topic="tau">Kendall’s τ</Explained>),
          for Respond-CAM, Grad-CAM and HiResCAM, beside the published numbers.
        </li>
        <li>How often the answer is right, and which classes are confused.</li>
        <li>The volumes where it goes wrong, one click from being looked at.</li>
      </ul>
      <p>
        Choose volumes in the form, or drop your own here. Everything is computed on this machine.
      </p>
    </Frame>
  );
}
