import type { MathBackendWebGL } from '@tensorflow/tfjs-backend-webgl';
import { AppError } from '../../core/errors.ts';
import { tf } from '../tf.ts';
import type { BackendDriver, Complaint, MemoryLimits } from './types.ts';

/** tfjs's own for WebGL. */
const PRIORITY = 2;

/**
 * TensorFlow.js on WebGL 2, where a fragment shader can write 32-bit floats. Devices that only write 16-bit
 * ones are refused: sums of thousands of products would keep three digits.
 */
export const webgl: BackendDriver = {
  // Without a context: making one waits for whatever the page is drawing, and WebGL is chosen by hand alone.
  async probe() {
    if (typeof OffscreenCanvas === 'undefined' || typeof WebGL2RenderingContext === 'undefined') {
      return undefined;
    }
    return { name: 'webgl', device: 'WebGL 2', hardware: false, reason: 'Chosen by hand.' };
  },

  async start() {
    const { MathBackendWebGL } = await import('@tensorflow/tfjs-backend-webgl');
    // Chosen by hand, so also where the driver computes on the processor.
    tf.env().set('SOFTWARE_WEBGL_ENABLED', true);
    if (!tf.findBackendFactory('webgl'))
      tf.registerBackend('webgl', () => new MathBackendWebGL(), PRIORITY);
    if (!(await tf.setBackend('webgl'))) {
      throw new AppError('unsupported', 'WebGL 2 could not be started; accepted: wasm, cpu');
    }
    if (!tf.env().getBool('WEBGL_RENDER_FLOAT32_ENABLED')) {
      throw new AppError(
        'unsupported',
        'WebGL on this machine keeps 16 bits of a number, too few for the sums of a network; accepted: wasm, cpu',
      );
    }
    const gl = (tf.backend() as MathBackendWebGL).getGPGPUContext().gl as WebGL2RenderingContext;
    const lost = new Promise<string>((resolve) => {
      gl.canvas.addEventListener('webglcontextlost', (event) =>
        resolve((event as WebGLContextEvent).statusMessage || 'the context was lost'),
      );
    });
    return {
      device: rendererName(gl),
      memory: memoryOf(tf.env().getNumber('WEBGL_MAX_TEXTURE_SIZE')),
      lost,
      listen: () => listen(gl),
    };
  },
};

/** WebGL does not tell how much memory there is; a device with less says so when it runs out. */
const ASSUMED_MEMORY = 2 * 2 ** 30;
const SLAB = 192 * 2 ** 20;

/** A value has to fit into one texture of one number per texel, of `edge` texels along both sides. */
function memoryOf(edge: number): MemoryLimits {
  const tensor = edge * edge * 4;
  return {
    total: ASSUMED_MEMORY,
    slab: Math.min(SLAB, tensor),
    operation: Number.POSITIVE_INFINITY,
    tensor,
  };
}

/** Graphics processor and driver in words. */
export function rendererName(gl: WebGL2RenderingContext): string {
  const info = gl.getExtension('WEBGL_debug_renderer_info');
  return String(gl.getParameter(info ? info.UNMASKED_RENDERER_WEBGL : gl.RENDERER));
}

/** WebGL only flags its errors: the computation goes on with whatever is in the textures. */
function listen(gl: WebGL2RenderingContext): () => Promise<Complaint | undefined> {
  errors(gl);
  return async () => {
    const found = errors(gl);
    if (found.includes(gl.OUT_OF_MEMORY)) return { kind: 'memory', message: 'OUT_OF_MEMORY' };
    return found.length > 0 ? { kind: 'fault', message: `WebGL error ${found.join()}` } : undefined;
  };
}

/** The flags raised since last asked, which clears them; losing the context is told elsewhere. */
function errors(gl: WebGL2RenderingContext): number[] {
  const found: number[] = [];
  for (let error = gl.getError(); error !== gl.NO_ERROR; error = gl.getError()) {
    if (error === gl.CONTEXT_LOST_WEBGL) break;
    found.push(error);
  }
  return found;
}
