import { useStore } from 'zustand';
import { EVALUATION_RANKINGS } from '../../core/evaluation/index.ts';
import { rankingName } from '../../core/faithfulness/index.ts';
import { evaluationStore } from '../../state/index.ts';
import { classes } from '../../ui/classes.ts';
import { meanStd } from './numbers.ts';
import shared from './evaluation.module.css';
import styles from './TableOne.module.css';

/** Areas under the deletion and insertion curves, by the maps and by what any map must be better than. */
export function FaithfulnessTable() {
  const found = useStore(evaluationStore, (state) => state.result?.faithfulness);
  if (!found) return null;
  return (
    <section className={classes(shared.section, styles.tableOne)} aria-labelledby="faithfulness">
      <h2 id="faithfulness">Deletion and insertion</h2>
      <table className={styles.numbers}>
        <thead>
          <tr>
            <th scope="col">Voxels in the order of</th>
            <th scope="col">Deletion</th>
            <th scope="col">Insertion</th>
          </tr>
        </thead>
        <tbody>
          {EVALUATION_RANKINGS.map((ranking) => (
            <tr key={ranking}>
              <th scope="row">{rankingName(ranking)}</th>
              <td>{meanStd(found.deletion[ranking])}</td>
              <td>{meanStd(found.insertion[ranking])}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className="small">
        Area under the score when voxels are taken away (low is good) or put into an empty box (high
        is good), 1 being the whole score. The last four look at no answer: a map is worth what it
        is better than they are.
      </p>
    </section>
  );
}
