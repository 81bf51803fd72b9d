import type { BeforeAfter, WhatIf } from '../experiment/what-if.js';

/** A what-if as one JSON object: the metrics of the whole run and of each service, before and after. */
export function whatIfJson({ base, changed, seeds, metrics, services }: WhatIf): string {
  const object = {
    before: base.name,
    after: changed.name,
    question: changed.description,
    seeds: seeds.length,
    metrics: metrics.map(({ metric: { name, unit }, ...figures }) => ({ name, unit, ...figuresOf(figures) })),
    services: services.map(({ service, metrics: own }) => ({
      service,
      metrics: own.map(({ metric: { name, unit }, ...figures }) => ({ name, unit, ...figuresOf(figures) })),
    })),
  };
  return `${JSON.stringify(object, undefined, 2)}\n`;
}

function figuresOf({ before, after, difference }: BeforeAfter): object {
  return {
    before: rounded(before),
    after: rounded(after),
    difference: rounded(difference?.mean ?? null),
    low: rounded(difference?.low ?? null),
    high: rounded(difference?.high ?? null),
  };
}

function rounded(value: number | null): number | null {
  return value === null ? null : Math.round(value * 1e6) / 1e6;
}
