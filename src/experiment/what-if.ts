import { METRICS, type Metric } from '../analysis/metrics.js';
import { SERVICE_METRICS, type ServiceMetric } from '../analysis/service-metrics.js';
import type { ScenarioSpec } from '../scenario/scenario-spec.js';
import { difference, type Series } from './difference-interval.js';
import type { Estimate } from './interval.js';
import { replicate, type ReplicationOptions } from './replicate.js';
import type { ReplicatedVariant } from './replication.js';

/** A figure before and after a change, means over the seeds; null where the runs have nothing to measure. */
export interface BeforeAfter {
  readonly before: number | null;
  readonly after: number | null;
  /** After − before under the same luck; undefined below two seeds. */
  readonly difference: Estimate | undefined;
}

/** What a change does to one service. */
export interface ServiceChange {
  readonly service: string;
  /** By name of the metric, in the order of `SERVICE_METRICS`. */
  readonly metrics: readonly (BeforeAfter & { readonly metric: ServiceMetric })[];
}

/** A scenario and what becomes of it when something changes. */
export interface WhatIf {
  readonly base: ScenarioSpec;
  readonly changed: ScenarioSpec;
  readonly seeds: readonly string[];
  readonly metrics: readonly (BeforeAfter & { readonly metric: Metric })[];
  readonly services: readonly ServiceChange[];
}

/**
 * Runs a scenario with and without a change under the same seeds.
 *
 * @throws RunFailedError when a simulation fails
 */
export async function whatIf(base: ScenarioSpec, changed: ScenarioSpec, options: ReplicationOptions): Promise<WhatIf> {
  const { variants } = await replicate(
    [
      { name: 'before', spec: base },
      { name: 'after', spec: changed },
    ],
    { ...options, firstSeed: base.seed },
  );
  const [before, after] = variants;
  const compare = (key: string): BeforeAfter => beforeAfter(seriesOf(before, key), seriesOf(after, key));
  const services = Object.keys(after?.runs[0]?.metrics ?? {}).flatMap((key) => {
    const [metric, service] = key.split('@');
    return service !== undefined && metric === SERVICE_METRICS[0]?.name ? [service] : [];
  });
  return {
    base,
    changed,
    seeds: before?.runs.map(({ seed }) => seed) ?? [],
    metrics: METRICS.map((metric) => ({ metric, ...compare(metric.name) })),
    services: services.map((service) => ({
      service,
      metrics: SERVICE_METRICS.map((metric) => ({ metric, ...compare(`${metric.name}@${service}`) })),
    })),
  };
}

function seriesOf(variant: ReplicatedVariant | undefined, key: string): Series {
  return (variant?.runs ?? []).map(({ metrics }) => metrics[key] ?? null);
}

function beforeAfter(before: Series, after: Series): BeforeAfter {
  return { before: meanOf(before), after: meanOf(after), difference: difference(before, after, false)?.estimate };
}

function meanOf(series: Series): number | null {
  const values = series.filter((value) => value !== null);
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}
