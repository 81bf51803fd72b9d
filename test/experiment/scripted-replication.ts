import type { MetricsRecord } from '../../src/analysis/metrics.js';
import type { replicate } from '../../src/experiment/replicate.js';
import type { ReplicationVariant } from '../../src/experiment/replication.js';

/** Answers every run by its variant and seed, without simulating; `asked` collects which runs those were. */
export function scriptedReplication(
  figures: (variant: ReplicationVariant, seed: number) => MetricsRecord,
  asked: string[] = [],
): typeof replicate {
  return (variants, { seeds, firstSeed = '1' }) => {
    const all = Array.from({ length: seeds }, (_, index) => Number(firstSeed) + index);
    const done = variants.map((variant) => ({
      name: variant.name,
      runs: all.map((seed) => {
        asked.push(`${variant.name}/${seed}`);
        return { seed: String(seed), metrics: figures(variant, seed) };
      }),
    }));
    return Promise.resolve({ variants: done, seedsAsked: seeds, independent: false, ended: 'all' as const });
  };
}
