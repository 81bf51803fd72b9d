import type { Problem } from '../kubernetes/manifest/problem.js';
import type { ObjectMeta } from '../kubernetes/object-meta.js';
import type { ManifestSet } from './manifest-set.js';
import type { ClusterObjects } from './scenario-spec.js';
import { namespacedName } from './workload-checks.js';

interface Named {
  readonly metadata: ObjectMeta;
}

/** Fields of `spec` that an update may not change, by list. */
const IMMUTABLE = {
  deployments: ['selector'],
  daemonSets: ['selector'],
  statefulSets: ['selector', 'podManagementPolicy', 'volumeClaimTemplates'],
  jobs: ['completionMode', 'template'],
} as const;

const KINDS = { deployments: 'Deployment', daemonSets: 'DaemonSet', statefulSets: 'StatefulSet', jobs: 'Job' } as const;

/** What the API server would refuse about applying these manifests where the others are there already. */
export function immutableFieldProblems(manifests: ManifestSet, before: ClusterObjects): readonly Problem[] {
  const problems: Problem[] = [];
  for (const list of ['deployments', 'daemonSets', 'statefulSets', 'jobs'] as const) {
    const known = new Map<string, Named>(before[list].map((object) => [namespacedName(object), object]));
    for (const object of manifests.lists[list]) {
      const old = known.get(namespacedName(object));
      if (old === undefined) continue;
      for (const field of IMMUTABLE[list]) {
        if (fieldText(old, field) === fieldText(object, field)) continue;
        problems.push(
          manifests.problemAt(object, ['spec', field], {
            code: 'refused-by-api-server',
            message: `${KINDS[list]} ${namespacedName(object)} is there already, and this field is immutable`,
            expected: 'the same value as before',
            hint: list === 'jobs' ? 'apply a Job of another name' : undefined,
          }),
        );
      }
    }
  }
  return problems;
}

/** What is not the user's: creation times, and what admission makes of a priority class. */
const NOT_WRITTEN = new Set(['creationTimeMs', 'priority', 'preemptionPolicy']);

/** Decoders write fields in one order, so equal values have equal texts. */
function fieldText(object: Named, field: string): string {
  const value = (object as unknown as Readonly<Record<string, unknown>>)[field];
  return JSON.stringify(value, (key, inner: unknown) => (NOT_WRITTEN.has(key) ? undefined : inner));
}
