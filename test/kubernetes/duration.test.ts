import { describe, expect, it } from 'vitest';
import { parseGoDuration } from '../../src/kubernetes/duration.js';

describe('parseGoDuration', () => {
  it.each([
    ['1h30m', 5_400_000],
    ['500ms', 500],
    ['1.5h', 5_400_000],
    ['.5s', 500],
    ['5s1h', 3_605_000],
    ['30m1.5h', 7_200_000],
    ['999us', 0],
    ['1500µs', 1],
    ['0', 0],
    ['-1m', -60_000],
    ['+1m', 60_000],
  ])('%s is %d ms', (text, ms) => {
    expect(parseGoDuration(text)).toBe(ms);
  });

  it.each(['', '10', '1d', '1h 30m', 'h', '10mfoo', 'Never', '1H', '99999999h'])('refuses %j', (text) => {
    expect(parseGoDuration(text)).toBeUndefined();
  });
});
