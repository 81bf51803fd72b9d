import type { CheckedClaim, ClaimsReport } from '../../experiment/claims/check-claims.js';
import { whyWords } from './claim-words.js';

/** The report as one JSON object; shares are 0–1, times seconds. `null` where there is no figure, or no interval. */
export function claimsJson(scenario: string, report: ClaimsReport): string {
  const { claims, seeds, runs, secondRangeRuns, unknowns, interrupted } = report;
  const object = {
    scenario,
    seeds: seeds.length,
    claims: claims.map(claimObject),
    runs,
    secondRange: { runs: secondRangeRuns, unknowns },
    ...(interrupted === undefined ? {} : { interrupted }),
  };
  return `${JSON.stringify(object, undefined, 2)}\n`;
}

function claimObject(checked: CheckedClaim): object {
  const { claim, estimate, interval, verdict, finding, seeds } = checked;
  return {
    id: claim.id,
    sentence: claim.sentence,
    metric: claim.metric.name,
    estimate: rounded(estimate),
    low: rounded(interval?.low ?? null),
    high: rounded(interval?.high ?? null),
    verdict,
    why: whyWords(checked),
    source: claim.source,
    unit: claim.metric.unit,
    claimed: claim.condition,
    evidence: { run: claim.run, baseline: claim.baseline ?? null, seeds },
    finding: finding.code,
  };
}

function rounded(value: number | null): number | null {
  return value === null ? null : Math.round(value * 1e6) / 1e6;
}
