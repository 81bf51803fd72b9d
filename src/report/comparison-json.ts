import type { Comparison } from '../experiment/compare.js';

/**
 * A comparison as one JSON object. `a`, `b` and `difference` (b − a) of a metric are means over the seeds, `low` and `high` the
 * ends of the difference's 95 % interval; null where the runs have nothing to measure, or one seed tells no interval. `secondRange` is
 * null where it was not asked.
 */
export function comparisonJson({ a, b, metrics, service, secondRange }: Comparison): string {
  const object = {
    a: a.name,
    b: b.name,
    seeds: a.runs.length,
    metrics: metrics.map(({ metric, a: meanA, b: meanB, difference, verdict }) => ({
      name: metric.name,
      unit: metric.unit,
      a: rounded(meanA),
      b: rounded(meanB),
      difference: rounded(difference?.mean),
      low: rounded(difference?.low),
      high: rounded(difference?.high),
      verdict,
    })),
    service: service.map(({ metric, tolerance, outcome }) => ({ metric, tolerance, outcome })),
    secondRange:
      secondRange === undefined
        ? null
        : {
            runs: secondRange.count,
            seeds: secondRange.seeds,
            unknowns: secondRange.settings.map(({ name }) => name),
            metrics: metrics.flatMap(({ metric, byLuck, second }) =>
              second === undefined
                ? []
                : [
                    {
                      name: metric.name,
                      low: rounded(second.low),
                      high: rounded(second.high),
                      byLuck,
                      changedBy: second.flips.map(({ setting }) => setting),
                    },
                  ],
            ),
          },
  };
  return `${JSON.stringify(object, undefined, 2)}\n`;
}

/** Six decimals: no binary residue. */
function rounded(value: number | null | undefined): number | null {
  return value === null || value === undefined ? null : Math.round(value * 1e6) / 1e6 + 0;
}
