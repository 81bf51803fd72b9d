import type { PodDisruptionBudget } from '../workloads.js';
import { decodeObjectMeta } from './decode-object-meta.js';
import { decodeLabelSelector } from './decode-selectors.js';
import type { FieldReader } from './field-reader.js';
import { decodeIntOrPercent } from './int-or-percent.js';

/** policy/v1 PodDisruptionBudget; a status that is absent reads as zeros, since its controller has not run yet. */
export function decodePodDisruptionBudget(object: FieldReader): PodDisruptionBudget {
  const metadata = decodeObjectMeta(object, 'PodDisruptionBudget', 'namespaced');
  const spec = object.requiredObject('spec');
  const minAvailable = decodeIntOrPercent(spec, 'minAvailable');
  const maxUnavailable = decodeIntOrPercent(spec, 'maxUnavailable');
  if (minAvailable !== undefined && maxUnavailable !== undefined) {
    spec.problem('maxUnavailable', {
      code: 'refused-by-api-server',
      message: 'minAvailable and maxUnavailable exclude each other',
      expected: 'one of the two',
    });
  }
  const status = object.object('status');
  const budget: PodDisruptionBudget = {
    metadata,
    selector: decodeLabelSelector(spec, 'selector'),
    minAvailable,
    maxUnavailable,
    unhealthyPodEvictionPolicy: spec.oneOf('unhealthyPodEvictionPolicy', ['IfHealthyBudget', 'AlwaysAllow']),
    status: {
      disruptionsAllowed: status?.integer('disruptionsAllowed') ?? 0,
      currentHealthy: status?.integer('currentHealthy') ?? 0,
      desiredHealthy: status?.integer('desiredHealthy') ?? 0,
      expectedPods: status?.integer('expectedPods') ?? 0,
      disruptedPods: decodeDisruptedPods(status?.object('disruptedPods')),
    },
  };
  status?.restIrrelevant();
  return budget;
}

/** Names of evicted pods with the times of their evictions. */
function decodeDisruptedPods(pods: FieldReader | undefined): Readonly<Record<string, number>> | undefined {
  if (pods === undefined) return undefined;
  return Object.fromEntries(pods.keys().map((name) => [name, pods.timeMs(name) ?? 0]));
}
