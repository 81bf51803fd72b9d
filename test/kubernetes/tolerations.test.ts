import { describe, expect, it } from 'vitest';
import type { Toleration } from '../../src/kubernetes/taints.js';
import { toleratesTaint, tolerationToleratesTaint, untoleratedTaint } from '../../src/kubernetes/tolerations.js';
import { exists, taint } from './objects.js';

describe('a toleration (REQ-16)', () => {
  const toleration = (change: Partial<Toleration>): Toleration => ({
    key: 'team',
    operator: 'Equal',
    value: 'web',
    effect: 'NoSchedule',
    ...change,
  });

  it.each<[string, Partial<Toleration>, boolean]>([
    ['equal in key, value and effect tolerates', {}, true],
    ['of another value does not', { value: 'api' }, false],
    ['of another key does not', { key: 'tier' }, false],
    ['of another effect does not', { effect: 'NoExecute' }, false],
    ['without effect tolerates every effect', { effect: '' }, true],
    ['with Exists tolerates every value', { operator: 'Exists', value: '' }, true],
    ['with Exists and no key tolerates everything', { key: '', operator: 'Exists', value: '', effect: '' }, true],
  ])('%s', (_, change, expected) => {
    expect(tolerationToleratesTaint(toleration(change), taint('team', 'NoSchedule', 'web'))).toBe(expected);
  });

  it('with Gt or Lt compares integers', () => {
    const above = toleration({ operator: 'Gt', value: '5' });
    expect(tolerationToleratesTaint(above, taint('team', 'NoSchedule', '6'))).toBe(true);
    expect(tolerationToleratesTaint(above, taint('team', 'NoSchedule', '5'))).toBe(false);
    expect(tolerationToleratesTaint(above, taint('team', 'NoSchedule', 'six'))).toBe(false);
    expect(tolerationToleratesTaint(toleration({ operator: 'Lt', value: '5' }), taint('team', 'NoSchedule', '4'))).toBe(
      true,
    );
  });
});

describe('the taints of a node', () => {
  it('keep a pod away only by NoSchedule and NoExecute', () => {
    expect(untoleratedTaint([], [taint('a', 'PreferNoSchedule')])).toBeUndefined();
    expect(untoleratedTaint([], [taint('a', 'PreferNoSchedule'), taint('b')])?.key).toBe('b');
    expect(untoleratedTaint([exists('b')], [taint('b'), taint('c', 'NoExecute')])?.key).toBe('c');
    expect(untoleratedTaint([], [taint('a')], ['NoExecute'])).toBeUndefined();
  });

  it('need one toleration each', () => {
    expect(toleratesTaint([], taint('a'))).toBe(false);
    expect(toleratesTaint([exists('b'), exists('a')], taint('a'))).toBe(true);
  });
});
