import { Canvas } from '@react-three/fiber';
import type { Ref } from 'react';
import type { ViewRegistry } from './viewRegistry.ts';
import { type SceneHandle, Stage } from './Stage.tsx';

interface SceneCanvasProps {
  readonly registry: ViewRegistry;
  readonly handle: Ref<SceneHandle>;
  readonly onLost: (lost: boolean) => void;
}

/** The canvas of the linked views; three.js comes with it, after the page around it. */
export default function SceneCanvas(props: SceneCanvasProps) {
  return (
    <Canvas
      frameloop="demand"
      style={{ pointerEvents: 'none' }}
      dpr={[1, 2]}
      resize={{ scroll: false }}
      gl={{ alpha: true, antialias: true, premultipliedAlpha: true }}
      // The check waits for the graphics device to compile, with the page standing still.
      onCreated={({ gl }) => Object.assign(gl.debug, { checkShaderErrors: false })}
      legacy
      linear
      flat
    >
      <Stage {...props} />
    </Canvas>
  );
}
