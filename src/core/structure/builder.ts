import { badFile } from '../errors.ts';
import type { Atoms } from './types.ts';

const WATER = new Set(['HOH', 'WAT', 'DOD', 'H2O']);

export function isWater(residue: string): boolean {
  return WATER.has(residue);
}

/** Growing arrays of atoms; one per file being read. */
export class AtomBuilder {
  private positions = new Float32Array(3 * 65536);
  private elements = new Uint8Array(65536);
  private chainOf = new Uint16Array(65536);
  private readonly index = new Map<string, number>();
  readonly chains: string[] = [];
  count = 0;

  add(x: number, y: number, z: number, element: number, chain: string): void {
    if (this.count === this.elements.length) this.grow();
    let chainIndex = this.index.get(chain);
    if (chainIndex === undefined) {
      chainIndex = this.chains.push(chain) - 1;
      this.index.set(chain, chainIndex);
    }
    this.positions[3 * this.count] = x;
    this.positions[3 * this.count + 1] = y;
    this.positions[3 * this.count + 2] = z;
    this.elements[this.count] = element;
    this.chainOf[this.count] = chainIndex;
    this.count++;
  }

  /** @throws AppError 'bad-file' when nothing was added. */
  finish(name: string, accepted: string): Atoms {
    if (this.count === 0)
      throw badFile(name, 'holds no atoms other than hydrogens and water', accepted);
    return {
      count: this.count,
      positions: this.positions.slice(0, 3 * this.count),
      elements: this.elements.slice(0, this.count),
      chains: this.chainOf.slice(0, this.count),
    };
  }

  private grow(): void {
    const size = 2 * this.elements.length;
    const positions = new Float32Array(3 * size);
    positions.set(this.positions);
    this.positions = positions;
    const elements = new Uint8Array(size);
    elements.set(this.elements);
    this.elements = elements;
    const chainOf = new Uint16Array(size);
    chainOf.set(this.chainOf);
    this.chainOf = chainOf;
  }
}
