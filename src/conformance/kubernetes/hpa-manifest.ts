import type { ExternalMetric, HorizontalPodAutoscaler } from '../../kubernetes/horizontal-pod-autoscaler.js';
import { decodeHorizontalPodAutoscaler } from '../../kubernetes/manifest/decode-autoscaler.js';
import { isQuantityError, parseAmount } from '../../kubernetes/quantity.js';
import { readManifest } from '../read-manifest.js';

interface ExternalSource {
  readonly metric: { readonly name: string };
  readonly target:
    | { readonly type: 'Value'; readonly value: string }
    | { readonly type: 'AverageValue'; readonly averageValue: string };
}

interface Manifest {
  readonly spec: { readonly metrics?: readonly { readonly type: string; readonly external?: ExternalSource }[] };
}

/** An autoscaler of a row: resource metrics as scenarios have them, and external ones, which scenarios have not. */
export function readAutoscaler(manifest: unknown): HorizontalPodAutoscaler {
  const { metrics = [] } = (manifest as Manifest).spec;
  const externalMetrics = metrics.flatMap(({ external }) => (external === undefined ? [] : [externalOf(external)]));
  return { ...readManifest(manifest, decodeHorizontalPodAutoscaler), externalMetrics };
}

/** A value of an external metric in milli-units. @throws Error when it is no quantity */
export function readExternal(text: string): number {
  // Thousandths are what cpu is counted in.
  const milli = parseAmount('cpu', text);
  if (isQuantityError(milli)) throw new Error(`"${text}" is not a quantity`);
  return milli;
}

function externalOf({ metric, target }: ExternalSource): ExternalMetric {
  const external = metric.name;
  if (target.type === 'Value') return { external, target: { type: 'Value', value: readExternal(target.value) } };
  return { external, target: { type: 'AverageValue', averageValue: readExternal(target.averageValue) } };
}
