import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import type { EvaluationMethod } from '../../../core/evaluation/index.ts';
import { actions, evaluationStore } from '../../../state/index.ts';
import { hashOf } from '../../routes.ts';
import { Notices } from '../../../panels/index.ts';
import { Answer } from '../../../panels/evaluation/Answer.tsx';
import { ConfusionMatrix } from '../../../panels/evaluation/ConfusionMatrix.tsx';
import { EvaluationForm } from '../../../panels/evaluation/EvaluationForm.tsx';
import type { Cell } from '../../../panels/evaluation/volumeOrders.ts';
import { FaithfulnessTable } from '../../../panels/evaluation/FaithfulnessTable.tsx';
import { LedgerShares } from '../../../panels/evaluation/LedgerShares.tsx';
import { Mistakes } from '../../../panels/evaluation/Mistakes.tsx';
import { SumScatters } from '../../../panels/evaluation/SumScatters.tsx';
import { TableOne } from '../../../panels/evaluation/TableOne.tsx';
import { TauRows } from '../../../panels/evaluation/TauRows.tsx';
import { VolumeList } from '../../../panels/evaluation/VolumeList.tsx';
import { Welcome } from '../../../panels/evaluation/Welcome.tsx';
import styles from './EvaluatePage.module.css';

/** A network over many volumes: does it answer rightly, and do its maps account for its scores? */
export default function EvaluatePage() {
  const result = useStore(evaluationStore, (state) => state.result);
  const [cell, setCell] = useState<Cell | null>(null);
  useEffect(() => {
    if (!result) setCell(null);
  }, [result]);
  const open = (order: number, classIndex?: number, method?: EvaluationMethod) => {
    void actions.openEvaluated(order, { classIndex, method });
    location.hash = hashOf('explain');
  };
  const started = result !== null && result.n + result.skipped.length > 0;
  return (
    <div className={styles.page}>
      <EvaluationForm onOpen={open} />
      <div className={styles.main}>
        <Notices />
        {started ? (
          <>
            <Answer />
            {result.n > 0 && (
              <div className={styles.results}>
                <div className={styles.column}>
                  <TableOne />
                  <FaithfulnessTable />
                  <TauRows />
                  <LedgerShares />
                  <Mistakes chosen={cell} onChoose={setCell} />
                </div>
                <div className={styles.column}>
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
