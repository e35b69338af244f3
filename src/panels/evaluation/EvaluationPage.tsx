import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import type { EvaluationMethod } from '../../core/evaluation/index.ts';
import { actions, evaluationStore, networkStore } from '../../state/index.ts';
import { Notices } from '../Notices.tsx';
import { Answer } from './Answer.tsx';
import { ConfusionMatrix } from './ConfusionMatrix.tsx';
import { EvaluationForm } from './EvaluationForm.tsx';
import type { Cell } from './facts.ts';
import { LedgerShares } from './LedgerShares.tsx';
import { Mistakes } from './Mistakes.tsx';
import { SumScatters } from './SumScatters.tsx';
import { TableOne } from './TableOne.tsx';
import { TauRows } from './TauRows.tsx';
import { VolumeList } from './VolumeList.tsx';
import { Welcome } from './Welcome.tsx';
import './evaluation.css';

interface EvaluationPageProps {
  /** Goes where volumes are explained. */
  onExplain(): void;
}

/** A network over many volumes: does it answer rightly, and do its maps account for its scores? */
export function EvaluationPage({ onExplain }: EvaluationPageProps) {
  const result = useStore(evaluationStore, (state) => state.result);
  const [cell, setCell] = useState<Cell | null>(null);
  useFirstNetwork();
  useEffect(() => {
    if (!result) setCell(null);
  }, [result]);
  const open = (order: number, classIndex?: number, method?: EvaluationMethod) => {
    void actions.openEvaluated(order, { classIndex, method });
    onExplain();
  };
  const started = result !== null && result.n + result.skipped.length > 0;
  return (
    <div className="evaluation">
      <EvaluationForm onOpen={open} />
      <div className="evaluation-main">
        <Notices />
        {started ? (
          <>
            <Answer />
            {result.n > 0 && (
              <div className="evaluation-results">
                <div className="evaluation-column">
                  <TableOne />
                  <TauRows />
                  <LedgerShares />
                  <Mistakes chosen={cell} onChoose={setCell} />
                </div>
                <div className="evaluation-column">
                  <SumScatters onOpen={open} />
                  <ConfusionMatrix chosen={cell} onChoose={setCell} />
                </div>
                <VolumeList cell={cell} onClearCell={() => setCell(null)} onOpen={open} />
              </div>
            )}
          </>
        ) : (
          <Welcome />
        )}
      </div>
    </div>
  );
}

/** A page opened by its address has no network yet: takes the first one that comes with the app. */
function useFirstNetwork(): void {
  const catalogue = useStore(networkStore, (state) => state.catalogue);
  useEffect(() => {
    const { chosenId } = networkStore.getState();
    if (!chosenId && catalogue.length > 0) void actions.chooseNetwork(catalogue[0].id);
  }, [catalogue]);
}
