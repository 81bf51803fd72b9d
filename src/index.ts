/** The public library: load a scenario, simulate it, fold its event log into figures; or pack a cluster as it stands. */
export { packCluster, type Packing } from './analysis/packing.js';
export { analyse, type RunAnalysis } from './analysis/run-analysis.js';
export { standingAt, type NodeStanding, type NodeStandings, type StayReason } from './analysis/node-standing.js';
export { nodeStandings } from './analysis/node-standings.js';
export type { Quantiles } from './analysis/quantiles.js';
export { readSavedRun, SavedRunError } from './analysis/saved-run.js';
export { summarise, type Summary } from './analysis/summary.js';
export type { KarpenterVersion } from './karpenter/settings.js';
export type { Problem } from './kubernetes/manifest/problem.js';
export { readClusterFiles } from './scenario/cluster-files.js';
export { loadCluster, type Cluster, type ClusterOptions, type LoadedCluster } from './scenario/load-cluster.js';
export { loadScenario, type LoadedScenario, type LoadOptions } from './scenario/load-scenario.js';
export { pricingDataCatalogue } from './scenario/pricing-data-catalogue.js';
export type { ScenarioSpec } from './scenario/scenario-spec.js';
export type { EventLog, EventPayloads, EventType, LogEvent } from './simulation/event-log.js';
export { simulate, type SimulateOptions, type Simulation } from './simulation/simulate.js';
