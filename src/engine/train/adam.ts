import { AdamStep } from '../kernels/adam-step.ts';
import { tf } from '../tf.ts';

const BETA1 = 0.9;
const BETA2 = 0.999;
const EPSILON = 1e-7;

/**
 * Adam (Kingma & Ba 2015, with the usual bias correction). Its whole state is `moments` and `steps`, so
 * that training continues after a restart exactly as it would have without.
 */
export class Adam {
  /** First and second moment of each parameter, in the order of `parameters`. */
  readonly moments: { readonly m: tf.Variable; readonly v: tf.Variable }[];
  steps = 0;

  constructor(private readonly parameters: readonly tf.Variable[]) {
    const zeros = (like: tf.Tensor) => tf.tidy(() => tf.variable(tf.zerosLike(like), false));
    this.moments = parameters.map((parameter) => ({ m: zeros(parameter), v: zeros(parameter) }));
  }

  /** One step against `gradients`, in the order of the parameters; does not dispose them. */
  apply(gradients: readonly tf.Tensor[], rate: number): void {
    this.steps++;
    const scale = (rate * Math.sqrt(1 - BETA2 ** this.steps)) / (1 - BETA1 ** this.steps);
    const epsilon = EPSILON * Math.sqrt(1 - BETA2 ** this.steps);
    const fused = tf.getKernel(AdamStep, tf.getBackend()) != null;
    for (const [i, w] of this.parameters.entries()) {
      const { m, v } = this.moments[i];
      const g = gradients[i];
      if (fused) {
        const attributes = { beta1: BETA1, beta2: BETA2, scale, epsilon };
        for (const variable of [w, m, v]) ownData(variable);
        tf.engine().runKernel(AdamStep, { w, m, v, g }, attributes);
      } else applyUnfused(w, m, v, g, scale, epsilon);
    }
  }

  dispose(): void {
    for (const { m, v } of this.moments) {
      m.dispose();
      v.dispose();
    }
  }
}

/** The same bits by separate operations, on backends without the fused kernel. */
export function applyUnfused(
  w: tf.Variable,
  m: tf.Variable,
  v: tf.Variable,
  g: tf.Tensor,
  scale: number,
  epsilon: number,
): void {
  tf.tidy(() => {
    m.assign(tf.add(tf.mul(m, BETA1), tf.mul(g, 1 - BETA1)));
    v.assign(tf.add(tf.mul(v, BETA2), tf.mul(tf.square(g), 1 - BETA2)));
    w.assign(tf.sub(w, tf.div(tf.mul(m, scale), tf.add(tf.sqrt(v), epsilon))));
  });
}

/** Copies the data of a variable that other tensors share, so that it can be changed in place. */
function ownData(variable: tf.Variable): void {
  if (tf.backend().refCount(variable.dataId) > 1) {
    tf.tidy(() => variable.assign(tf.add(variable, 0)));
  }
}

/** Learning rate that falls from `peak` to 0 along half a cosine over `total` steps. */
export function cosineDecay(peak: number, step: number, total: number): number {
  return peak * 0.5 * (1 + Math.cos((Math.PI * step) / total));
}
