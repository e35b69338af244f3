import { useFrame, useThree } from '@react-three/fiber';
import { type Ref, useEffect, useImperativeHandle, useMemo, useSyncExternalStore } from 'react';
import { AppError, badInput } from '../core/errors.ts';
import type { CameraState } from '../state/view.ts';
import { type DrawnView, drawView, drawToPixels, type Pixels } from './drawView.ts';
import { textColorOf } from './textColor.ts';
import { ViewScene } from './ViewScene.tsx';
import type { ViewRegistry } from './viewRegistry.ts';
import { shellMaterial } from './shaders.ts';

/** What the rest of the page can ask of the canvas. */
export interface SceneHandle {
  /** Whether a view is on the page; on a narrow one only that of one column is. */
  has(viewId: string): boolean;
  /**
   * One view drawn again at `width * scale` by `height * scale` pixels on a clear ground, with the
   * camera, surfaces and crosshair of the screen; labels, scale bar and axes are the caller's.
   * @param color CSS colour of box and crosshair
   * @param camera in place of that of the screen
   * @throws AppError `bad-input` for an unknown view or an unusable size; `unsupported` while the
   *   graphics device is lost
   */
  renderToImage(
    viewId: string,
    width: number,
    height: number,
    scale: number,
    color: string,
    camera?: CameraState,
  ): Pixels;
}

const seenBy = (view: DrawnView, camera: CameraState): DrawnView => ({
  ...view,
  spec: { ...view.spec, camera },
});

interface StageProps {
  readonly registry: ViewRegistry;
  readonly handle: Ref<SceneHandle>;
  readonly onLost: (lost: boolean) => void;
}

/** Draws every view into its own rectangle of the one canvas, only when something changed. */
export function Stage({ registry, handle, onLost }: StageProps) {
  const views = useSyncExternalStore(registry.subscribe, registry.views);
  const gl = useThree((state) => state.gl);
  const invalidate = useThree((state) => state.invalidate);
  const drawn = useMemo(() => new Map<string, DrawnView>(), []);
  const material = useMemo(shellMaterial, []);
  useEffect(() => () => material.dispose(), [material]);

  useEffect(() => {
    const canvas = gl.domElement;
    const lost = (event: Event) => {
      event.preventDefault();
      onLost(true);
    };
    const restored = () => {
      onLost(false);
      invalidate();
    };
    canvas.addEventListener('webglcontextlost', lost);
    canvas.addEventListener('webglcontextrestored', restored);
    return () => {
      canvas.removeEventListener('webglcontextlost', lost);
      canvas.removeEventListener('webglcontextrestored', restored);
    };
  }, [gl, invalidate, onLost]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new list may hold new elements to watch
  useEffect(() => watchPage(registry, () => invalidate()), [registry, invalidate, views]);

  useImperativeHandle(
    handle,
    () => ({
      has: (viewId) => drawn.has(viewId),
      renderToImage(viewId, width, height, scale, color, camera) {
        const view = drawn.get(viewId);
        const limit = gl.capabilities.maxTextureSize;
        if (!view) throw badInput(`There is no 3D view "${viewId}".`);
        if (
          !(width * scale >= 1 && height * scale >= 1) ||
          Math.max(width, height) * scale > limit
        ) {
          throw badInput(
            `A picture of ${width} x ${height} at ${scale}x cannot be drawn; accepted: 1 to ${limit} pixels a side.`,
          );
        }
        if (gl.getContext().isContextLost()) {
          throw new AppError(
            'unsupported',
            'The graphics device is lost; the picture has no 3D view.',
          );
        }
        const pixels = drawToPixels(
          gl,
          camera ? seenBy(view, camera) : view,
          width,
          height,
          scale,
          color,
        );
        invalidate();
        return pixels;
      },
    }),
    [gl, drawn, invalidate],
  );

  // A positive priority takes over from the automatic rendering of the default scene.
  useFrame(() => {
    follow(gl.domElement);
    const canvas = gl.domElement.getBoundingClientRect();
    gl.autoClear = false;
    gl.setScissorTest(false);
    gl.setClearColor(0, 0);
    gl.clear();
    gl.setScissorTest(true);
    for (const view of drawn.values()) {
      const box = view.spec.element.getBoundingClientRect();
      const { left, bottom, width, height } = box;
      if (width < 1 || height < 1 || !overlap(box, canvas)) continue;
      const x = left - canvas.left;
      const y = canvas.bottom - bottom;
      gl.setViewport(x, y, width, height);
      gl.setScissor(x, y, width, height);
      drawView(gl, view, width, height, textColorOf(view.spec.element), registry.moving);
    }
    gl.setScissorTest(false);
  }, 1);

  return views.map((spec) => (
    <ViewScene key={spec.id} spec={spec} material={material} drawn={drawn} />
  ));
}

/**
 * Keeps the canvas on what is seen of views that scroll. It scrolls with them until the next frame, so
 * that views and pictures never separate.
 */
function follow(canvas: HTMLElement): void {
  const holder = canvas.closest<HTMLElement>('[data-scene]');
  if (!holder) return;
  const { scrollTop } = holder.parentElement!;
  holder.style.transform = scrollTop > 0 ? `translateY(${scrollTop}px)` : '';
}

const overlap = (a: DOMRect, b: DOMRect) =>
  a.top < b.bottom && a.bottom > b.top && a.left < b.right && a.right > b.left;

/** Asks for a frame when a view changes size or place, or the page its theme. */
function watchPage(registry: ViewRegistry, changed: () => void): () => void {
  const sizes = new ResizeObserver(changed);
  for (const { element } of registry.views()) sizes.observe(element);
  const theme = new MutationObserver(changed);
  theme.observe(document.documentElement, { attributes: true });
  const dark = matchMedia('(prefers-color-scheme: dark)');
  dark.addEventListener('change', changed);
  addEventListener('scroll', changed, { capture: true, passive: true });
  return () => {
    sizes.disconnect();
    theme.disconnect();
    dark.removeEventListener('change', changed);
    removeEventListener('scroll', changed, { capture: true });
  };
}
