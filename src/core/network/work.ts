import type { NetworkNode } from './types.ts';

const voxels = ({ shape }: NetworkNode) => shape.slice(0, -1).reduce((a, b) => a * b, 1);

/**
 * Multiplications of a forward pass, nearly: every weight of a layer counts once for each voxel that it gives, of a
 * transposed convolution for each that it reads.
 */
export function multiplications(nodes: readonly NetworkNode[]): number {
  return nodes.reduce((sum, node) => {
    const [input] = node.inputs;
    const at = /transpose/i.test(node.kind) && input !== undefined ? nodes[input] : node;
    return sum + node.parameters * voxels(at);
  }, 0);
}
