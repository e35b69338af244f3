import { useEffect, useMemo, useRef } from 'react';
import { useStore } from 'zustand';
import { type CamMethod, METHODS } from '../../core/cam/index.ts';
import {
  BASELINES,
  type Faithfulness,
  type Ranking,
  rankingName,
  TAKEN_SHARES,
} from '../../core/faithfulness/index.ts';
import { type MapTests as Tests, PROBES } from '../../core/probes/index.ts';
import { actions, explainStore, mapTestsStore, walkSubject } from '../../state/index.ts';
import { Button } from '../../ui/Button.tsx';
import { CurveLines } from '../../ui/charts/CurveLines.tsx';
import { classes } from '../../ui/classes.ts';
import { Progress } from '../../ui/Progress.tsx';
import styles from './MapTests.module.css';
import { withMinus } from '../../core/minus.ts';

interface MapTestsProps {
  readonly method: CamMethod;
  readonly picture: boolean;
}

/** Tests of the maps of this volume, on demand: what the score loses without their voxels, and whether they depend on the network. */
export function MapTests({ method, picture }: MapTestsProps) {
  const key = useStore(explainStore, (state) => walkSubject(state)?.key ?? null);
  const { key: asked, status, fraction, found, error } = useStore(mapTestsStore);
  const own = asked === key ? status : 'idle';
  const element = useRef<HTMLDivElement>(null);
  const waited = useRef(false);
  // What was asked for comes below the edge otherwise.
  useEffect(() => {
    if (own === 'ready' && waited.current) element.current?.scrollIntoView({ block: 'nearest' });
    waited.current = own === 'running';
  }, [own]);
  return (
    <div ref={element} className={styles.tests}>
      {own === 'idle' && (
        <Button disabled={key === null} onClick={() => void actions.testMaps()}>
          Test the maps on this {picture ? 'picture' : 'volume'}
        </Button>
      )}
      {own === 'running' && (
        <Progress
          stage={`Taking ${picture ? 'pixels' : 'voxels'} away, shuffling weights`}
          fraction={fraction}
        />
      )}
      {own === 'error' && <p className="small">{error}</p>}
      {own === 'ready' && found && <Found {...{ tests: found, method, picture }} />}
    </div>
  );
}

const LABELS = TAKEN_SHARES.map((share) => `${Number((100 * share).toPrecision(2))}%`);
const isBaseline = (ranking: Ranking) => BASELINES.some((one) => one === ranking);

function Found({ tests, method, picture }: MapTestsProps & { readonly tests: Tests }) {
  const parts = picture ? 'pixels' : 'voxels';
  const { curves, cascade, probes } = tests;
  const lines = useMemo(
    () => ({
      deletion: linesOf(curves, 'deletion', method),
      insertion: linesOf(curves, 'insertion', method),
    }),
    [curves, method],
  );
  const rankings = Object.keys(curves.curves) as Ranking[];
  const best = {
    deletion: extreme(curves, 'deletion', Math.min),
    insertion: extreme(curves, 'insertion', Math.max),
  };
  const shuffled = cascade.at(-1)?.methods[method];
  const again = [
    ...(shuffled ? [{ what: 'Weights of all layers shuffled', ...shuffled, good: 0 }] : []),
    ...probes.flatMap(({ probe, methods }) => {
      const found = methods[method];
      return found ? [{ what: PROBES[probe].name, ...found, good: 1 }] : [];
    }),
  ];
  return (
    <>
      <div className={styles.charts}>
        <CurveLines
          label={`Score when the highest ${parts} are taken away, in the order of ${rankings.length} maps`}
          title="Score without the first …"
          labels={LABELS}
          lines={lines.deletion}
        />
        <CurveLines
          label={`Score of the highest ${parts} alone, in the order of ${rankings.length} maps`}
          title="Score of the first … alone"
          labels={LABELS}
          lines={lines.insertion}
        />
      </div>
      <table className={styles.areas}>
        <thead>
          <tr>
            <th scope="col">In the order of</th>
            <th scope="col" title="Area under the score without them: low is good">
              Deletion
            </th>
            <th scope="col" title="Area under the score of them alone: high is good">
              Insertion
            </th>
          </tr>
        </thead>
        <tbody>
          {rankings.map((ranking) => (
            <tr key={ranking} className={classes(ranking === method && styles.own)}>
              <th scope="row" className={classes(isBaseline(ranking) && styles.baseline)}>
                {rankingName(ranking)}
              </th>
              {(['deletion', 'insertion'] as const).map((side) => {
                const { area } = curves.curves[ranking]![side];
                return (
                  <td
                    key={side}
                    className={classes(area !== null && area === best[side] && styles.best)}
                  >
                    {area === null ? '–' : withMinus(area.toFixed(2))}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
      <p className="small">
        Thick: {METHODS[method].name}; dashed: baselines. 1 is the whole score; low is good for
        deletion, high for insertion. The last four look at no answer: a map is worth what it is
        better than they are.
      </p>
      {again.length > 0 && (
        <table className={styles.areas}>
          <thead>
            <tr>
              <th scope="col">{METHODS[method].name} again, after</th>
              <th
                scope="col"
                title="Cosine with the map as it is, brought back where the input was turned"
              >
                Likeness
              </th>
              <th scope="col">Good</th>
            </tr>
          </thead>
          <tbody>
            {again.map(({ what, cosine, good }) => (
              <tr key={what}>
                <th scope="row">{what}</th>
                <td>{likeness(cosine)}</td>
                <td className={styles.baseline}>near {good}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </>
  );
}

const likeness = (value: number | null) => (value === null ? '–' : withMinus(value.toFixed(2)));

function linesOf({ curves }: Faithfulness, side: 'deletion' | 'insertion', method: CamMethod) {
  return (Object.keys(curves) as Ranking[]).map((ranking) => ({
    name: rankingName(ranking),
    values: curves[ranking]![side].scores,
    weight:
      ranking === method
        ? ('strong' as const)
        : isBaseline(ranking)
          ? ('baseline' as const)
          : ('plain' as const),
  }));
}

function extreme(
  { curves }: Faithfulness,
  side: 'deletion' | 'insertion',
  of: (...values: number[]) => number,
): number {
  const areas = Object.values(curves).flatMap((one) => one[side].area ?? []);
  return of(...areas);
}
