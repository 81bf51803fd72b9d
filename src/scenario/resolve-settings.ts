import type { KarpenterSettings, KarpenterVersion } from '../karpenter/settings.js';
import { durationMs } from './clock.js';
import type { ScenarioFile } from './scenario-file.js';

/** Karpenter's settings with the defaults of its version (scheduling.md §0.3). */
export function resolveSettings(karpenter: ScenarioFile['karpenter'], version: KarpenterVersion): KarpenterSettings {
  const gates = karpenter?.featureGates ?? {};
  return {
    version,
    batchIdleMs: durationMs(karpenter?.batchIdleDuration ?? '1s'),
    batchMaxMs: durationMs(karpenter?.batchMaxDuration ?? '10s'),
    preferencePolicy: karpenter?.preferencePolicy ?? 'Respect',
    minValuesPolicy: karpenter?.minValuesPolicy ?? 'Strict',
    featureGates: {
      spotToSpotConsolidation: gates.SpotToSpotConsolidation ?? false,
      reservedCapacity: gates.ReservedCapacity ?? true,
      nodeOverlay: gates.NodeOverlay ?? false,
      staticCapacity: gates.StaticCapacity ?? false,
      capacityBuffer: gates.CapacityBuffer ?? false,
      nodeRepair: gates.NodeRepair ?? false,
      drift: version === 'v1.14.1' || (gates.Drift ?? false),
    },
  };
}
