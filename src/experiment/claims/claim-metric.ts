import { METRICS, type MetricsRecord } from '../../analysis/metrics.js';
import { SERVICE_METRICS } from '../../analysis/service-metrics.js';
import type { ProblemDetail } from '../../kubernetes/manifest/field-reader.js';
import { didYouMean } from '../../kubernetes/manifest/closest-name.js';

/** What a claim is about: a figure of a run, or of two. */
export interface ClaimMetric {
  /** As the claim writes it. */
  readonly name: string;
  /**
   * `level`: the figure of the run. `saving`: the share that the run has less of it than the baseline. `difference`: the run's
   * figure minus the baseline's. `discount`: the price book's, without any run.
   */
  readonly kind: 'level' | 'saving' | 'difference' | 'discount';
  /** Of the figure in the metrics of a run. */
  readonly key: string;
  /** Of what is claimed: a saving is a ratio whatever is saved. */
  readonly unit: string;
}

/** The one metric that is read from the price book. */
export const SPOT_DISCOUNT = 'spotDiscount';

const PREFIX = /^(saving|difference)\.(.+)$/;

/** The metric of that name, of one service where it is given; what is wrong with it otherwise, at `metric` or at `service`. */
export function claimMetric(
  name: string,
  service: string | undefined,
): ClaimMetric | { readonly at: 'metric' | 'service'; readonly detail: ProblemDetail } {
  if (name === SPOT_DISCOUNT) {
    if (service === undefined) return { name, kind: 'discount', key: '', unit: 'ratio' };
    const message = `${SPOT_DISCOUNT} is of prices, which no service has`;
    return { at: 'service', detail: { code: 'unsupported-value', message, expected: 'no service' } };
  }
  const [, prefix, rest] = PREFIX.exec(name) ?? [];
  const figure = rest ?? name;
  const known: readonly { readonly name: string; readonly unit: string }[] =
    service === undefined ? METRICS : SERVICE_METRICS;
  const metric = known.find((candidate) => candidate.name === figure);
  if (metric === undefined) {
    const names = known.map((candidate) => candidate.name);
    const ofRuns = service !== undefined && METRICS.some((candidate) => candidate.name === figure);
    const hint = ofRuns ? 'leave out service for the figure of the whole run' : didYouMean(figure, names);
    const whose = service === undefined ? '' : ' of a service';
    const forms = `, alone or as saving.METRIC or difference.METRIC against a baseline${service === undefined ? `; or ${SPOT_DISCOUNT}` : ''}`;
    const message = `there is no metric "${figure}"${whose}`;
    return {
      at: 'metric',
      detail: { code: 'missing-reference', message, expected: `one of ${names.join(', ')}${forms}`, hint },
    };
  }
  const key = service === undefined ? figure : `${figure}@${service}`;
  const kind = prefix === 'saving' || prefix === 'difference' ? prefix : 'level';
  return { name, kind, key, unit: kind === 'saving' ? 'ratio' : metric.unit };
}

/** The figure of one seed; null where a run lacks it, or nothing could be saved. */
export function figureOf({ kind, key }: ClaimMetric, run: MetricsRecord, baseline?: MetricsRecord): number | null {
  const own = run[key] ?? null;
  if (kind === 'level' || own === null) return own;
  const other = baseline?.[key] ?? null;
  if (other === null) return null;
  if (kind === 'difference') return own - other;
  return other === 0 ? null : 1 - own / other;
}
