import { createPortal, useThree } from '@react-three/fiber';
import { memo, useEffect, useMemo } from 'react';
import { Scene, type ShaderMaterial } from 'three';
import type { DrawnPanel } from './draw.ts';
import { BoxLines, crosshairEdges, ThinLines } from './lines.ts';
import type { PanelSpec } from './panelRegistry.ts';
import { ShellGeometry } from './shellGeometry.ts';

interface PanelProps {
  readonly spec: PanelSpec;
  readonly material: ShaderMaterial;
  /** Panels by id as the frame loop draws them. */
  readonly drawn: Map<string, DrawnPanel>;
}

/** The contents of one panel: shells, box and crosshair in a scene of their own. */
export const Panel = memo(function Panel({ spec, material, drawn }: PanelProps) {
  const { mesh, looks, frame, crosshair, boxed, id } = spec;
  const invalidate = useThree((state) => state.invalidate);
  const scene = useMemo(() => new Scene(), []);
  const shells = useMemo(() => (mesh ? new ShellGeometry(mesh) : null), [mesh]);
  const box = useMemo(() => new BoxLines(frame), [frame]);
  const cross = useMemo(() => new ThinLines(1.25, 0.75), []);

  useEffect(() => () => shells?.dispose(), [shells]);
  useEffect(() => () => box.lines.dispose(), [box]);
  useEffect(() => () => cross.dispose(), [cross]);
  useEffect(() => {
    if (crosshair) cross.set(crosshairEdges(frame, crosshair));
  }, [cross, frame, crosshair]);
  useEffect(() => shells?.paint(looks), [shells, looks]);
  useEffect(() => {
    drawn.set(id, { spec, scene, shells, box, crosshair: cross });
    invalidate();
  }, [drawn, id, spec, scene, shells, box, cross, invalidate]);
  useEffect(
    () => () => {
      drawn.delete(id);
      invalidate();
    },
    [drawn, id, invalidate],
  );

  const [x, y, z] = frame.centre;
  return createPortal(
    <>
      <primitive object={box.lines.object} visible={boxed} />
      <primitive object={cross.object} visible={crosshair !== null} />
      {shells && (
        <mesh
          geometry={shells.geometry}
          material={material}
          position={[-x, -y, -z]}
          frustumCulled={false}
          dispose={null}
        />
      )}
    </>,
    scene,
  );
});
