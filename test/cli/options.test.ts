import { describe, expect, it } from 'vitest';
import { BadInput } from '../../src/cli/exit.js';
import { karpenterOption, onlyOnce, seedOption } from '../../src/cli/options.js';

describe('--seed', () => {
  it('takes a whole number', () => {
    expect(seedOption('7')).toBe(7);
    expect(seedOption('007')).toBe(7);
    expect(seedOption('0')).toBe(0);
    expect(seedOption(undefined)).toBeUndefined();
  });

  it.each(['-5', '1.5', '1e3', 'seven', '', ' 7', '9007199254740993'])('refuses %j', (value) => {
    expect(() => seedOption(value)).toThrow(BadInput);
  });
});

describe('--karpenter', () => {
  it('takes a version that can be simulated, and offers one for another', () => {
    expect(karpenterOption('v0.32.0')).toBe('v0.32.0');
    expect(karpenterOption(undefined)).toBeUndefined();
    expect(() => karpenterOption('1.14.1')).toThrow(/expected v1\.14\.1 or v0\.32\.0\) — did you mean "v1\.14\.1"\?/);
    expect(() => karpenterOption('latest')).toThrow(/— try --karpenter v1\.14\.1/);
  });
});

describe('an option that may stand once', () => {
  it('is refused when it stands twice or is empty', () => {
    expect(onlyOnce('out', 'here')).toBe('here');
    expect(() => onlyOnce('out', ['a', 'b'])).toThrow('--out: given 2 times (expected once)');
    expect(() => onlyOnce('out', '')).toThrow('--out: the value is empty');
  });
});
