import { NOTICE_KINDS } from '../cloud/interruption/interruption-event.js';
import { DEFAULT_RECLAIM_MODEL } from '../cloud/interruption/spot-reclaims.js';
import { DEFAULT_DEPTH_TOLERANCE } from '../cloud/launch/fleet.js';
import type { ShortageRate } from '../cloud/launch/random-shortages.js';
import { durationMs } from './clock.js';
import type { ScenarioFile } from './scenario-file.js';
import type { ScenarioSpec } from './scenario-spec.js';

const MEAN_SHORTAGE_MS = 30 * 60_000;

/** How EC2 gives capacity, takes it back and says so, with the defaults of its models (aws.md §9.6, §15, §20). */
export function resolveCapacity({
  karpenter,
  spot = {},
  shortages = {},
}: ScenarioFile): Pick<ScenarioSpec, 'interruption' | 'spot' | 'shortages'> {
  const { meanOutage, meanRebalanceLead, capacityWeight } = spot;
  const { multiplier, ...model } = DEFAULT_RECLAIM_MODEL;
  return {
    interruption: {
      queue: karpenter?.interruptionQueue ?? '',
      events: karpenter?.interruptionEvents ?? NOTICE_KINDS,
    },
    spot: {
      interruptionMultiplier: spot.interruptionMultiplier ?? multiplier,
      reclaims: {
        ...model,
        correlation: spot.correlation ?? model.correlation,
        meanOutageMs: meanOutage === undefined ? model.meanOutageMs : durationMs(meanOutage),
        meanRebalanceLeadMs:
          meanRebalanceLead === undefined ? model.meanRebalanceLeadMs : durationMs(meanRebalanceLead),
      },
      depthTolerance: capacityWeight === undefined ? DEFAULT_DEPTH_TOLERANCE : 1 - capacityWeight,
    },
    shortages: {
      ...(shortages.spot !== undefined && { spot: rateOf(shortages.spot) }),
      ...(shortages['on-demand'] !== undefined && { 'on-demand': rateOf(shortages['on-demand']) }),
    },
  };
}

function rateOf({ perMonth, meanDuration }: NonNullable<NonNullable<ScenarioFile['shortages']>['spot']>): ShortageRate {
  return { perMonth, meanDurationMs: meanDuration === undefined ? MEAN_SHORTAGE_MS : durationMs(meanDuration) };
}
