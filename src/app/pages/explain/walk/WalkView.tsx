import { useMemo, useState } from 'react';
import { type ChannelRow, channelRows } from '../../../../core/cam/index.ts';
import { formatValue } from '../../../../core/color/index.ts';
import { LinkedViews } from '../../../../scene/index.ts';
import { DEFAULT_CAMERA, type Walk } from '../../../../state/index.ts';
import { Slider } from '../../../../ui/Slider.tsx';
import { Button } from '../../../../ui/Button.tsx';
import { ChannelList } from './ChannelList.tsx';
import { Equations } from './Equations.tsx';
import { MapSoFar, OneChannel } from './WalkViews.tsx';
import styles from './WalkView.module.css';

/** Channels that are listed; what the rest adds is said. */
const MOST = 128;

/** The channels of a layer, their weights by both methods, and the sum that they build up to. */
export function WalkView({ walk }: { readonly walk: Walk }) {
  const rows = useMemo(() => channelRows(walk.channels), [walk]);
  const [pointed, setPointed] = useState(rows[0].index);
  const [muted, setMuted] = useState<ReadonlySet<number>>(new Set());
  const [count, setCount] = useState(rows.length);
  const [camera, setCamera] = useState(DEFAULT_CAMERA);
  const row = rows.find(({ index }) => index === pointed) ?? rows[0];
  const summed = useMemo(
    () => rows.slice(0, count).filter(({ index }) => !muted.has(index)),
    [rows, count, muted],
  );
  const toggle = (index: number) =>
    setMuted((before) => {
      const after = new Set(before);
      if (!after.delete(index)) after.add(index);
      return after;
    });
  const views = { walk, camera, onCameraChange: setCamera };
  const score = walk.answer.result.scores[walk.classIndex];
  return (
    <div className={styles.walk}>
      <Equations row={row} voxels={walk.channels.activations.length / walk.channels.channels} />
      <ChannelList
        {...{ walk, muted, pointed, count }}
        rows={rows.slice(0, MOST)}
        rest={rows.length - Math.min(MOST, rows.length)}
        onPoint={setPointed}
        onMute={toggle}
      />
      <div className={styles.views}>
        <div className={styles.build}>
          <span className="label">
            Sum of the first {count} of {rows.length} channels
          </span>
          <Slider
            labels={['Number of channels in the sum']}
            values={[count]}
            min={0}
            max={rows.length}
            step={1}
            onChange={([next]) => setCount(next)}
          />
          <Button
            disabled={muted.size === 0 && count === rows.length}
            onClick={() => {
              setMuted(new Set());
              setCount(rows.length);
            }}
          >
            All channels
          </Button>
        </div>
        <LinkedViews className={styles.scenes}>
          <div className={styles.grid}>
            <OneChannel {...views} row={row} />
            <MapSoFar {...views} method="respond" rows={summed} score={score} />
            <MapSoFar {...views} method="grad" rows={summed} score={score} />
          </div>
        </LinkedViews>
        <Effect rows={rows} muted={muted} />
      </div>
    </div>
  );
}

/** What muting takes away. */
function Effect({
  rows,
  muted,
}: {
  readonly rows: readonly ChannelRow[];
  readonly muted: ReadonlySet<number>;
}) {
  if (muted.size === 0)
    return <p className="small">Untick a channel to see what the map is without it.</p>;
  const lost = rows.filter(({ index }) => muted.has(index));
  const sum = (of: 'respond' | 'grad') => lost.reduce((total, { adds }) => total + adds[of], 0);
  return (
    <p className="small" role="status">
      {muted.size} muted: Respond-CAM loses {formatValue(sum('respond'))}, Grad-CAM{' '}
      {formatValue(sum('grad'))}.
    </p>
  );
}
