import { join } from 'node:path';
import { writeMrc } from '../src/core/mrc/index.ts';
import type { Recognised } from '../src/core/recognition/index.ts';
import type { SourceVolume } from '../src/core/volume/index.ts';
import type { ModelInfo } from '../src/engine/types.ts';
import { columns } from './parse.ts';
import { writeTogether } from './write.ts';

export interface Scored {
  readonly used: number;
  readonly skipped: readonly { readonly row: number; readonly reason: string }[];
  readonly rows: readonly Recognised[];
  /** The same volumes with the opposite contrast. */
  readonly opposite: readonly Recognised[];
  /** The first volume of each number of particles. */
  readonly first: ReadonlyMap<number, SourceVolume<Float32Array>>;
}

interface Recognition extends Scored {
  readonly model: string;
  readonly list: string;
  readonly tomogram: string | null;
  /** Names of the classes that are right; null: as the list calls each. */
  readonly accepted: readonly string[] | null;
  readonly inverted: boolean;
  readonly count: number;
}

/** The JSON document of `recognise`. */
export function recognitionDocument({ classes }: ModelInfo, about: Recognition) {
  const { model, list, tomogram, accepted, inverted, count, used, skipped } = about;
  return {
    ...{ model, list, tomogram, accepted, inverted },
    particles: { listed: count, used, skipped },
    rows: about.rows.map(({ answers, items, ...row }, i) => ({
      ...row,
      opposite: about.opposite[i].right,
      answers: answers.map(({ index, count: times }) => ({
        ...{ index, name: classes[index], count: times },
      })),
      items,
    })),
  };
}

const percent = (share: number | null) => (share === null ? '-' : `${(100 * share).toFixed(0)}%`);

/** The same as text. */
export function recognitionLines({ classes, title }: ModelInfo, about: Recognition): string[] {
  const { rows, accepted, used, count, list } = about;
  const right = accepted ? accepted.join(' or ') : 'what the list says';
  return [
    `${title}: ${used} of ${count} particles of ${list}; right: ${right}.`,
    ...columns([
      ['averaged', 'volumes  right  none     p  answers'],
      ...rows.map(({ averaged, n, answers, ...row }): [string, string] => [
        String(averaged),
        n === 0
          ? `${'0'.padStart(7)}  too few particles`
          : [
              String(n).padStart(7),
              percent(row.right).padStart(5),
              percent(row.rejected).padStart(4),
              row.confidence.toFixed(2),
              answers
                .slice(0, 3)
                .map(({ index, count: times }) => `${classes[index]} ${times}`)
                .join(', ') + (answers.length > 3 ? ', ...' : ''),
            ].join('  '),
      ]),
    ]),
    'None: answered with no complex, or with a probability below 0.5. p: mean probability of the answers.',
    ...contrastLine(about),
  ];
}

/** Said where the opposite contrast is named right more often. */
function contrastLine({ rows, opposite, inverted }: Recognition): string[] {
  const right = (of: readonly Recognised[]) =>
    of.reduce((sum, row) => sum + row.items.filter((item) => item.right === true).length, 0);
  const [now, against] = [right(rows), right(opposite)];
  if (against <= 2 * now || against < 3) return [];
  return [
    `With the opposite contrast ${against} volumes are named right, not ${now}: try it ${inverted ? 'without' : 'with'} --invert.`,
  ];
}

/** Writes `mean-<number>.mrc` as the network sees it, and `recognition.json`. */
export async function writeRecognition(
  folder: string,
  first: Scored['first'],
  document: ReturnType<typeof recognitionDocument>,
): Promise<void> {
  const maps = [...first].map(([size, { data, shape, voxelSize, voxelSizeKnown }]) => {
    const corner = (axis: 0 | 1 | 2) => (-(shape[2 - axis] - 1) / 2) * voxelSize[axis];
    const origin = [corner(0), corner(1), corner(2)] as const;
    const labels = [`mean of ${size} particles of ${document.list}`];
    const bytes = writeMrc({ data, shape, voxelSize, origin }, { labels, voxelSizeKnown });
    return { path: join(folder, `mean-${size}.mrc`), bytes };
  });
  const text = `${JSON.stringify(document, null, 1)}\n`;
  const json = { path: join(folder, 'recognition.json'), bytes: new TextEncoder().encode(text) };
  await writeTogether([...maps, json]);
}
