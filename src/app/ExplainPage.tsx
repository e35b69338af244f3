import type { Ref } from 'react';
import {
  ClassesPanel,
  Headline,
  LevelsBar,
  Notices,
  Remarks,
  VolumesPanel,
} from '../panels/index.ts';
import type { SceneHandle } from '../scene/index.ts';
import { HeatColorBar } from '../slices/index.ts';
import { Columns } from './Columns.tsx';

interface ExplainPageProps {
  readonly hidden: boolean;
  readonly scene: Ref<SceneHandle>;
}

/** One volume, one network, two methods side by side. */
export function ExplainPage({ hidden, scene }: ExplainPageProps) {
  return (
    <div className="explain" hidden={hidden}>
      <VolumesPanel />
      <main className="centre" id="views" tabIndex={-1}>
        <Headline />
        <Remarks />
        <Columns scene={scene} />
        <Notices />
      </main>
      <ClassesPanel />
      <LevelsBar colorBar={(side) => <HeatColorBar panel={side} />} />
    </div>
  );
}
