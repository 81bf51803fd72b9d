import { describe, expect, it } from 'vitest';
import type { KarpenterVersion } from '../../src/karpenter/settings.js';
import { compareEvents } from './karpenter-events.js';

/** Families in which the real controllers publish every kind of event about nodes that stay. */
const FAMILIES: Readonly<Record<KarpenterVersion, readonly string[]>> = {
  'v1.14.1': [
    'do-not-disrupt',
    'drift',
    'empty-budgets',
    'nominated',
    'not-consolidatable',
    'price-edges',
    'single-spot',
    'spot-to-spot',
    'static',
    'uninitialized',
  ],
  'v0.32.0': ['do-not-disrupt', 'drift', 'nominated', 'pdb', 'price-edges', 'single-spot', 'uninitialized'],
};

describe.each(Object.entries(FAMILIES) as [KarpenterVersion, readonly string[]][])(
  'reasons why nodes stay, %s',
  (version, families) => {
    it.each(families)('%s: are those of the recorded events, in their words', (family) => {
      const comparisons = compareEvents(version, family);
      expect(comparisons.flatMap(({ recorded }) => recorded).length).toBeGreaterThan(0);
      const differing = comparisons.filter(({ recorded, ours }) => recorded.join('\n') !== ours.join('\n'));
      expect(differing).toEqual([]);
    });
  },
);
