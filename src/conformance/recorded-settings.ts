import type { KarpenterSettings, KarpenterVersion } from '../karpenter/settings.js';
import type { CaseFile } from './case-file.js';

/** Karpenter's settings of a recording; what it leaves out has the value that the recording program gave it. */
export function recordedSettings(settings: CaseFile['settings'], version: KarpenterVersion): KarpenterSettings {
  const gates = settings?.featureGates ?? {};
  return {
    version,
    batchIdleMs: 1000,
    batchMaxMs: 10_000,
    preferencePolicy: settings?.preferencePolicy ?? 'Respect',
    minValuesPolicy: settings?.minValuesPolicy ?? 'Strict',
    featureGates: {
      spotToSpotConsolidation: gates['SpotToSpotConsolidation'] ?? false,
      reservedCapacity: gates['ReservedCapacity'] ?? true,
      nodeOverlay: gates['NodeOverlay'] ?? false,
      staticCapacity: gates['StaticCapacity'] ?? false,
      capacityBuffer: gates['CapacityBuffer'] ?? false,
      nodeRepair: gates['NodeRepair'] ?? false,
      drift: gates['Drift'] ?? true,
    },
  };
}
