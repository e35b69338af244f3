import { useLayoutEffect, useRef } from 'react';
import { useStore } from 'zustand';
import { PAPER_FIGURES, PAPER_NETWORKS, type PaperNetwork } from '../../../core/paper/index.ts';
import { LinkedViews } from '../../../scene/index.ts';
import { actions, type NetworkProgress, paperStore } from '../../../state/index.ts';
import { Button } from '../../../ui/Button.tsx';
import { Progress } from '../../../ui/Progress.tsx';
import { FigureView } from './FigureView.tsx';
import { Table1 } from './Table1.tsx';
import styles from './PaperPage.module.css';

/** Figures 3 and 4 and Table 1 of the paper, from the networks and samples of this build. */
export default function PaperPage() {
  return (
    <LinkedViews className={styles.page}>
      <Article />
    </LinkedViews>
  );
}

function Article() {
  const article = useRef<HTMLElement>(null);
  useLayoutEffect(() => keepScroll(article.current!.parentElement!), []);
  return (
    <article className={styles.article} ref={article}>
      <header className={styles.head}>
        <h2>The paper's figures, live</h2>
        <p>
          Zhao, Zhou, Wang, Jiang, Xu: “Respond-CAM: Analyzing Deep Models for 3D Imaging Data by
          Visualizations”, MICCAI 2018, drawn again from this project's own simulated data and
          networks. Drag a panel to turn its row; click one to explain it in full.
        </p>
        <Status />
      </header>
      {PAPER_FIGURES.map((figure) => (
        <FigureView key={figure.id} figure={figure} />
      ))}
      <Table1 />
    </article>
  );
}

/** What is being computed, or what went wrong. */
function Status() {
  const networks = useStore(paperStore, (state) => state.networks);
  const sampleErrors = useStore(paperStore, (state) => state.sampleErrors);
  const list = Object.entries(networks) as [PaperNetwork, NetworkProgress][];
  return (
    <div className={styles.status} role="status">
      {list.map(([network, state]) =>
        state.status === 'working' ? (
          <Progress
            key={network}
            stage={`${PAPER_NETWORKS[network]}: ${state.progress.stage}`}
            fraction={state.progress.fraction}
          />
        ) : state.status === 'failed' ? (
          <p key={network}>
            {PAPER_NETWORKS[network]}: {state.error}{' '}
            <Button onClick={() => void actions.openPaper()}>Try again</Button>
          </p>
        ) : null,
      )}
      {[...new Set(Object.values(sampleErrors))].map((text) => (
        <p key={text}>{text}</p>
      ))}
    </div>
  );
}

/** Puts the page where it was left, and remembers where it is. */
function keepScroll(page: HTMLElement): () => void {
  page.scrollTop = paperStore.getState().scroll;
  const remember = () => paperStore.setState({ scroll: page.scrollTop });
  page.addEventListener('scroll', remember, { passive: true });
  return () => page.removeEventListener('scroll', remember);
}
