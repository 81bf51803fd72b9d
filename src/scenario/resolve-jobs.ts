import { didYouMean } from '../kubernetes/manifest/closest-name.js';
import type { Problem } from '../kubernetes/manifest/problem.js';
import type { JobWork } from '../workload/job-work.js';
import { durationMs } from './clock.js';
import type { ManifestSet } from './manifest-set.js';
import type { ScenarioDocument } from './scenario-document.js';
import type { ClusterObjects } from './scenario-spec.js';
import { namespacedName } from './workload-checks.js';

/** How long a Job's pod works when the scenario does not say. */
const DEFAULT_WORK_MS = 300_000;

/** So many Jobs without a description are named. */
const NAMED_JOBS = 3;

/** `namespace/name` of the Jobs that stand alone, and of CronJobs. */
function jobNames({ jobs, cronJobs }: Pick<ClusterObjects, 'jobs' | 'cronJobs'>): string[] {
  return [...jobs, ...cronJobs].map(namespacedName);
}

/** The work of every Job and CronJob of the manifests, applied ones included; problems for names that lead nowhere. */
export function resolveJobs(
  document: ScenarioDocument,
  objects: readonly ClusterObjects[],
): { readonly jobs: readonly JobWork[]; readonly problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const known = new Set(objects.flatMap(jobNames));
  const works = new Map<string, JobWork>();
  for (const [index, entry] of (document.content.jobs ?? []).entries()) {
    const { job, duration, durationP95, failureShare } = entry;
    const complain = (key: string, detail: Parameters<ScenarioDocument['problem']>[1]): void => {
      problems.push(document.problem(['jobs', index, key], detail));
    };
    if (!known.has(job)) {
      complain('job', {
        code: 'missing-reference',
        message: `there is no Job or CronJob ${job} in the manifests`,
        expected: known.size === 0 ? 'a Job or CronJob' : `one of ${[...known].join(', ')}`,
        hint: didYouMean(job, known),
      });
    }
    if (works.has(job)) {
      complain('job', { code: 'duplicate-name', message: `${job} stands there twice`, expected: 'one entry for each' });
    }
    const medianMs = durationMs(duration);
    const p95Ms = durationP95 === undefined ? medianMs : durationMs(durationP95);
    if (p95Ms < medianMs) {
      complain('durationP95', {
        code: 'invalid-value',
        message: `${durationP95 ?? ''} is less than the median`,
        expected: `${duration} or more`,
      });
    }
    works.set(job, { job, durationMs: medianMs, durationP95Ms: p95Ms, failureShare: failureShare ?? 0 });
  }
  for (const job of known) {
    if (works.has(job)) continue;
    works.set(job, { job, durationMs: DEFAULT_WORK_MS, durationP95Ms: DEFAULT_WORK_MS, failureShare: 0 });
  }
  return { jobs: [...works.values()], problems };
}

/** Jobs whose work nobody has described. */
export function jobRemarks(document: ScenarioDocument, manifests: ManifestSet): readonly string[] {
  const described = new Set((document.content.jobs ?? []).map(({ job }) => job));
  const { jobs, cronJobs } = manifests.lists;
  const named = [
    // One that has ended works no more, and one of a CronJob works as that says.
    ...jobs
      .filter(({ metadata, status }) => !status.finished && metadata.ownerReferences.length === 0)
      .map((object) => ({ kind: 'Job', object })),
    ...cronJobs.map((object) => ({ kind: 'CronJob', object })),
  ];
  const missing = named
    .filter(({ object }) => !described.has(namespacedName(object)))
    .map(({ kind, object }) => `${kind} ${namespacedName(object)} (${manifests.placeOf(object)})`);
  const [only] = missing;
  if (only === undefined) return [];
  if (missing.length === 1)
    return [`${only} has no entry under jobs: each of its pods is taken to work for five minutes and to succeed.`];
  return [
    `${missing.length} Jobs and CronJobs have no entry under jobs: each of their pods is taken to work for five minutes and to ` +
      `succeed. They are ${missing.slice(0, NAMED_JOBS).join(', ')}${missing.length > NAMED_JOBS ? ', …' : ''}.`,
  ];
}
