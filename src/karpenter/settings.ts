/** Supported Karpenter versions. */
export type KarpenterVersion = 'v1.14.1' | 'v0.32.0';

/** Operator settings that change decisions (scheduling.md §0.3). Durations in milliseconds. */
export interface KarpenterSettings {
  readonly version: KarpenterVersion;
  readonly batchIdleMs: number;
  readonly batchMaxMs: number;
  readonly preferencePolicy: 'Respect' | 'Ignore';
  readonly minValuesPolicy: 'Strict' | 'BestEffort';
  readonly featureGates: {
    readonly spotToSpotConsolidation: boolean;
    readonly reservedCapacity: boolean;
    readonly nodeOverlay: boolean;
    readonly staticCapacity: boolean;
    readonly capacityBuffer: boolean;
    readonly nodeRepair: boolean;
    /** v0.32.0 only; always on in v1. */
    readonly drift: boolean;
  };
}
