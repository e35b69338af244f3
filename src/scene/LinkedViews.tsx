import {
  Component,
  createContext,
  lazy,
  type ReactNode,
  type Ref,
  Suspense,
  useContext,
  useLayoutEffect,
  useMemo,
  useState,
} from 'react';
import { AppError } from '../core/errors.ts';
import { ViewRegistry } from './viewRegistry.ts';
import type { SceneHandle } from './Stage.tsx';
import { createSurfaceClient, type SurfaceClient, startSurfaceWorker } from './surfaceClient.ts';
import { classes } from '../ui/classes.ts';
import styles from './LinkedViews.module.css';

/** On its way from the start, beside the network and the first volume. */
const canvas = import('./SceneCanvas.tsx').catch((cause: unknown) => {
  const problem = 'What draws the 3D views could not be fetched; slices and numbers work.';
  throw new AppError('internal', `${problem} Reload the page to try again.`, { cause });
});
canvas.catch(() => {}); // the boundary around the canvas says so
const SceneCanvas = lazy(() => canvas);

interface Scene {
  readonly registry: ViewRegistry;
  readonly client: SurfaceClient;
}

const SceneContext = createContext<Scene | null>(null);

export function useScene(): Scene {
  const scene = useContext(SceneContext);
  if (!scene) throw new AppError('internal', 'A SurfaceView needs LinkedViews around it.');
  return scene;
}

export interface LinkedViewsProps {
  /** Any layout, also one that scrolls; every SurfaceView in it is drawn on one canvas over it. */
  readonly children: ReactNode;
  readonly className?: string;
  readonly ref?: Ref<SceneHandle>;
}

/** One WebGL canvas for all the 3D views inside, however many there are. */
export function LinkedViews({ children, className, ref }: LinkedViewsProps) {
  const registry = useMemo(() => new ViewRegistry(), []);
  const client = useSurfaceClient();
  const [lost, setLost] = useState(false);
  const scene = useMemo(() => client && { registry, client }, [registry, client]);
  return (
    <div className={classes(styles.views, className ?? '')}>
      {scene && <SceneContext value={scene}>{children}</SceneContext>}
      <div className={styles.canvas} data-scene aria-hidden="true" hidden={lost}>
        <CanvasBoundary>
          <Suspense fallback={null}>
            <SceneCanvas registry={registry} handle={ref ?? null} onLost={setLost} />
          </Suspense>
        </CanvasBoundary>
      </div>
      {lost && (
        <p className={styles.message} role="status">
          The graphics device was lost; the 3D views come back when the browser restores it.
        </p>
      )}
    </div>
  );
}

/** The page's surface worker, ended with the component. */
function useSurfaceClient(): SurfaceClient | null {
  const [client, setClient] = useState<SurfaceClient | null>(null);
  // Before the first paint, so that the views are in it.
  useLayoutEffect(() => {
    const backend = startSurfaceWorker();
    setClient(createSurfaceClient(backend));
    return () => {
      setClient(null);
      backend.close();
    };
  }, []);
  return client;
}

/** Without WebGL the rest of the page still works. */
class CanvasBoundary extends Component<
  { readonly children: ReactNode },
  { failure: string | null }
> {
  override state = { failure: null };

  static getDerivedStateFromError(error: unknown) {
    const noContext =
      'This browser gives no WebGL2, so the 3D views stay empty; slices and numbers work.';
    return { failure: error instanceof AppError ? error.message : noContext };
  }

  override render() {
    const { failure } = this.state;
    if (!failure) return this.props.children;
    return (
      <p className={styles.message} role="alert">
        {failure}
      </p>
    );
  }
}
