import { describe, expect, it } from 'vitest';
import { classOf, firstWords, withoutId } from './classNames.ts';

describe('class names', () => {
  it('shortens class names by their id alone', () => {
    expect(withoutId('20S + PA26 (double-capped) (3IPM)')).toBe('20S + PA26 (double-capped)');
    expect(withoutId('26S proteasome (yeast)')).toBe('26S proteasome (yeast)');
    expect(firstWords('TRiC/CCT (one of two in 4V94)')).toBe('TRiC/CCT');
  });

  it('finds the true class of a sample among the classes of a network', () => {
    const classes = ['70S ribosome', 'GroEL 14-mer (1MNF)', 'GroEL'];
    expect(classOf('GroEL 14-mer', classes)).toBe(1);
    expect(classOf('GroEL', classes)).toBe(2);
    expect(classOf('apoferritin', classes)).toBeNull();
  });
});
