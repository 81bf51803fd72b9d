import { describe, expect, it } from 'vitest';
import { analyse } from '../../src/analysis/run-analysis.js';
import { summarise } from '../../src/analysis/summary.js';
import { eventsOf, ON_DEMAND_POOL, onlyEvent, run } from './small-cluster.js';

const CONSOLIDATING = ON_DEMAND_POOL.replace(
  'consolidationPolicy: WhenEmpty, consolidateAfter: 60s',
  'consolidationPolicy: WhenEmptyOrUnderutilized, consolidateAfter: 30s',
);

interface Report {
  /** Lines under `spec:` of the Job, or of the CronJob. */
  readonly spec: string;
  readonly jobSpec?: string;
  readonly cpu?: string;
  readonly annotations?: string;
}

const podTemplate = ({ cpu = '3', annotations = '{}' }: Report, indent: string): string =>
  `template:
  metadata: { annotations: ${annotations} }
  spec:
    restartPolicy: Never
    containers: [{ name: report, resources: { requests: { cpu: ${cpu}, memory: 1Gi } } }]`.replaceAll(
    '\n',
    `\n${indent}`,
  );

/** A Job `app/report` whose pods fill a node of their own, unless told otherwise. */
const reportJob = (report: Report): string => `---
apiVersion: batch/v1
kind: Job
metadata: { name: report, namespace: app }
spec:
  ${report.spec}
  ${podTemplate(report, '  ')}
`;

const reportCronJob = (report: Report): string => `---
apiVersion: batch/v1
kind: CronJob
metadata: { name: report, namespace: app }
spec:
  ${report.spec}
  jobTemplate:
    spec:
      ${podTemplate(report, '      ')}
`;

const WORK = 'jobs: [{ job: app/report, duration: 4m }]\n';

describe('a Job', () => {
  const log = run({
    moreManifests: reportJob({ spec: 'completions: 2' }),
    scenario: WORK,
  });

  it('has its pods work one after the other, each for its time', () => {
    const finished = eventsOf(log, 'PodFinished');
    expect(finished.map(({ phase, reason }) => `${phase} ${reason}`)).toEqual([
      'Succeeded Completed',
      'Succeeded Completed',
    ]);
    const pods = eventsOf(log, 'PodCreated').filter(({ service }) => service === 'app/report');
    // The controller collects news of pods for a second.
    expect((pods[1]?.timeMs ?? 0) - (finished[0]?.timeMs ?? 0)).toBe(1000);
    const bound = eventsOf(log, 'PodBound').find(({ pod }) => pod === pods[1]?.pod)?.timeMs ?? 0;
    const worked = (finished[1]?.timeMs ?? 0) - bound;
    expect(worked).toBeGreaterThan(240_000);
    expect(worked).toBeLessThan(260_000);
  });

  it('gives its room back when a pod has finished: the node that was launched for it goes as empty', () => {
    const end = onlyEvent(log, 'JobFinished');
    expect(end).toMatchObject({ job: 'app/report', result: 'Complete', succeeded: 2, failed: 0 });
    const command = onlyEvent(log, 'DisruptionCommand');
    expect(command.reason).toBe('Empty');
    expect(command.timeMs).toBeGreaterThan(end.timeMs + 60_000);
  });

  it('stands in the summary beside the services', () => {
    const { pods, jobs } = summarise(analyse(log));
    expect(pods.byService['app/report']).toMatchObject({ created: 2, bound: 2, max: 1, end: 0 });
    expect(jobs).toMatchObject({ created: 1, complete: 1, failed: 0, skipped: 0 });
  });

  it('goes on where its status says, and is left alone when it has ended', () => {
    const status = (text: string) => reportJob({ spec: 'completions: 3' }) + `status: ${text}\n`;
    const going = run({ moreManifests: status('{ succeeded: 2 }'), scenario: WORK, duration: '15m' });
    expect(onlyEvent(going, 'JobFinished')).toMatchObject({ result: 'Complete', succeeded: 3 });
    expect(eventsOf(going, 'PodCreated').filter(({ service }) => service === 'app/report')).toHaveLength(1);
    const ended = run({
      moreManifests: status('{ succeeded: 3, conditions: [{ type: Complete, status: "True" }] }'),
      scenario: WORK,
      duration: '5m',
    });
    expect(eventsOf(ended, 'JobCreated')).toEqual([]);
    expect(eventsOf(ended, 'PodCreated').filter(({ service }) => service === 'app/report')).toEqual([]);
  });

  it('tries again after pods that fail, until its backoff limit', () => {
    const failing = run({
      moreManifests: reportJob({ spec: 'backoffLimit: 2' }),
      scenario: 'jobs: [{ job: app/report, duration: 1m, failureShare: 1 }]\n',
    });
    const created = eventsOf(failing, 'PodCreated').filter(({ service }) => service === 'app/report');
    const finished = eventsOf(failing, 'PodFinished');
    expect(finished.map(({ phase }) => phase)).toEqual(['Failed', 'Failed', 'Failed']);
    const waits = finished.slice(0, 2).map(({ timeMs }, index) => (created[index + 1]?.timeMs ?? 0) - timeMs);
    // 10 s and 20 s, to the second in which the pod ended.
    expect(waits[0]).toBeGreaterThan(9000);
    expect(waits[0]).toBeLessThanOrEqual(10_000);
    expect(waits[1]).toBeGreaterThan(19_000);
    expect(waits[1]).toBeLessThanOrEqual(20_000);
    expect(onlyEvent(failing, 'JobFinished')).toMatchObject({
      result: 'Failed',
      reason: 'BackoffLimitExceeded',
      failed: 3,
    });
  });
});

describe("a Job's pod with karpenter.sh/do-not-disrupt", () => {
  /** Three web pods and the Job's on one m5.xlarge; when two web pods go, an m5.large would do. */
  const evening = (annotations: string) =>
    run({
      nodePoolSpec: CONSOLIDATING,
      replicas: 3,
      scenario: `jobs: [{ job: app/report, duration: 15m }]
events: [{ at: '+5m', scale: { deployment: app/web, replicas: 1 } }]
`,
      moreManifests: reportJob({ spec: 'backoffLimit: 6', cpu: '500m', annotations }),
      duration: '30m',
    });

  it('keeps its node from consolidation until it has finished', () => {
    const log = evening('{ karpenter.sh/do-not-disrupt: "true" }');
    const finished = onlyEvent(log, 'PodFinished');
    const blocked = eventsOf(log, 'DisruptionBlocked').filter(({ code }) => code === 'pod-do-not-disrupt');
    expect(blocked.map(({ node }) => node)).toEqual([finished.node]);
    expect(eventsOf(log, 'PodCreated').filter(({ service }) => service === 'app/report')).toHaveLength(1);
    const command = onlyEvent(log, 'DisruptionCommand');
    expect(command).toMatchObject({ reason: 'Underutilized', decision: 'replace', nodes: [finished.node] });
    expect(command.timeMs).toBeGreaterThan(finished.timeMs);
  });

  it('is what keeps it: without the annotation the pod is evicted, counts as failed, and its work begins anew', () => {
    const log = evening('{}');
    const command = onlyEvent(log, 'DisruptionCommand');
    const evicted = eventsOf(log, 'PodDeleting').filter(({ pod }) => pod.includes('report'));
    expect(evicted.map(({ by }) => by)).toEqual(['eviction']);
    const end = onlyEvent(log, 'JobFinished');
    expect(end).toMatchObject({ result: 'Complete', failed: 1 });
    expect(end.timeMs - command.timeMs).toBeGreaterThan(15 * 60_000);
  });
});

describe('a CronJob', () => {
  it('starts a Job every time it is due; with Forbid it skips while one is active and catches up afterwards', () => {
    const log = run({
      moreManifests: reportCronJob({ spec: 'schedule: "*/5 * * * *"\n  concurrencyPolicy: Forbid' }),
      scenario: 'jobs: [{ job: app/report, duration: 8m }]\n',
      duration: '32m',
    });
    const created = eventsOf(log, 'JobCreated').map(
      ({ timeMs, cronJob }) => `${cronJob} ${Math.floor(timeMs / 60_000)}`,
    );
    const skipped = eventsOf(log, 'CronJobSkipped').map(({ timeMs }) => timeMs / 60_000);
    expect(skipped[0]).toBe(10);
    expect(created[0]).toBe('app/report 5');
    const firstEnd = eventsOf(log, 'JobFinished')[0]?.timeMs ?? 0;
    expect(eventsOf(log, 'JobCreated')[1]?.timeMs).toBe(firstEnd);
    expect(summarise(analyse(log)).pods.byService['app/report']?.created).toBe(created.length);
  });
});
