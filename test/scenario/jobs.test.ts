import { describe, expect, it } from 'vitest';
import { APP, complaints, SCENARIO, spec } from './scenario-fixture.js';

const JOBS = `${APP}---
apiVersion: batch/v1
kind: Job
metadata: { name: report, namespace: app }
spec:
  template: { spec: { restartPolicy: Never, containers: [{ name: report }] } }
---
apiVersion: batch/v1
kind: CronJob
metadata: { name: nightly, namespace: app }
spec:
  schedule: "0 2 * * *"
  jobTemplate:
    spec:
      template: { spec: { restartPolicy: Never, containers: [{ name: nightly }] } }
`;

const files = (jobs: string) => ({ 'app.yaml': JOBS, 'test.yaml': `${SCENARIO}jobs: ${jobs}\n` });

describe('an applied change', () => {
  const applied = (change: string) => ({
    'app.yaml': JOBS,
    'change.yaml': change,
    'test.yaml': `${SCENARIO}events: [{ at: "+1h", apply: change.yaml }]\n`,
  });

  it('of a Job or of a selector is refused as the API server refuses it', () => {
    const change = JOBS.replace('name: report }] }', 'name: report, resources: { requests: { cpu: 1 } } }] }').replace(
      /labels: { app: web }|matchLabels: { app: web }/g,
      (text) => text.replace('web', 'other'),
    );
    expect(complaints(applied(change))).toEqual([
      'dir/change.yaml:5:13 spec.selector Deployment app/web is there already, and this field is immutable',
      'dir/change.yaml:15:13 spec.template Job app/report is there already, and this field is immutable',
    ]);
  });

  it('of anything else is taken', () => {
    expect(complaints(applied(JOBS.replace('250m', '300m').replace('0 2', '30 3')))).toEqual([]);
  });
});

describe('the work of Jobs in a scenario', () => {
  it('is five minutes for each pod where nothing is said, with a remark that names the manifest', () => {
    const { jobs, notes } = spec(files('[{ job: app/report, duration: 20m, durationP95: 30m, failureShare: 0.1 }]'));
    expect(jobs).toEqual([
      { job: 'app/report', durationMs: 1_200_000, durationP95Ms: 1_800_000, failureShare: 0.1 },
      { job: 'app/nightly', durationMs: 300_000, durationP95Ms: 300_000, failureShare: 0 },
    ]);
    expect(notes).toEqual([
      'CronJob app/nightly (app.yaml:17) has no entry under jobs: each of its pods is taken to work for five minutes and to succeed.',
    ]);
  });

  it('must be of a Job that is there, stand once, and have percentiles in order', () => {
    const entries =
      '[{ job: app/nightli, duration: 1m }, { job: app/report, duration: 2m, durationP95: 1m }, { job: app/report, duration: 1m }]';
    expect(complaints(files(entries))).toEqual([
      'dir/test.yaml:16:15 jobs[0].job there is no Job or CronJob app/nightli in the manifests',
      'dir/test.yaml:16:90 jobs[1].durationP95 1m is less than the median',
      'dir/test.yaml:16:103 jobs[2].job app/report stands there twice',
    ]);
  });
});
