import { fromHalves } from '../../../core/volume/half.ts';
import { storedBytes, type WeightSpec } from '../../model/manifest.ts';

import type { KerasWeight, KerasWeights, LayerStep } from '../keras/weights.ts';
import { mapTo } from '../../../core/typed-arrays.ts';

type Spec = WeightSpec;

/** The numbers of one weight; a view of `bytes` where they are float32 and lie at a multiple of 4. */
export function decodeWeight(spec: Spec, bytes: Uint8Array): Float32Array {
  const { quantization } = spec;
  const own = () => bytes.slice().buffer;
  switch (quantization?.dtype ?? spec.dtype) {
    case 'float16':
      return fromHalves(new Uint16Array(own()));
    case 'uint8':
      return scaled(bytes, quantization);
    case 'uint16':
      return scaled(new Uint16Array(own()), quantization);
    case 'int32':
      return Float32Array.from(new Int32Array(own()));
    case 'bool':
      return Float32Array.from(bytes);
    default:
      return bytes.byteOffset % 4 === 0
        ? new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4)
        : new Float32Array(own());
  }
}

function scaled(q: Uint8Array | Uint16Array, quantization: Spec['quantization']): Float32Array {
  const { min = 0, scale = 1 } = quantization ?? {};
  return mapTo(new Float32Array(q.length), q, (value) => value * scale + min);
}

/** The weights of a TensorFlow.js manifest, `data` as its shards lie behind each other. */
export function manifestWeights(specs: readonly Spec[], data: ArrayBuffer): KerasWeights {
  const weights = new Map<string, { weight: KerasWeight; segments: readonly string[] }[]>();
  let offset = 0;
  for (const spec of specs) {
    const bytes = new Uint8Array(data, offset, storedBytes(spec));
    offset += bytes.byteLength;
    const segments = spec.name.replace(/:\d+$/, '').split('/');
    const last = segments[segments.length - 1];
    const weight = { name: spec.name, shape: spec.shape, values: () => decodeWeight(spec, bytes) };
    weights.set(last, [...(weights.get(last) ?? []), { weight, segments }]);
  }
  return {
    /** Converters put the names of networks before that of the layer: the most that fit count. */
    find(path, { name }) {
      const layer = path[path.length - 1].name;
      const fitting = (weights.get(name) ?? []).filter(({ segments }) => isOf(layer, segments));
      const best = fitting.sort((a, b) => matches(path, b.segments) - matches(path, a.segments));
      return best[0]?.weight;
    },
  };
}

/** Whether the segments before the last say `layer`, whose own name may hold slashes. */
function isOf(layer: string, segments: readonly string[]): boolean {
  const before = `/${segments.slice(0, -1).join('/')}/`;
  return before.includes(`/${layer}/`);
}

function matches(path: readonly LayerStep[], segments: readonly string[]): number {
  const own = segments.slice(0, -1);
  const named = path.filter(({ name }) => own.includes(name)).length;
  // Of two that name as many, the one with fewer names of others.
  return named - own.length / 1000;
}
