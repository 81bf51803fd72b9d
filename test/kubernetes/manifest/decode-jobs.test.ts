import { describe, expect, it } from 'vitest';
import { decodeCronJob, decodeJob } from '../../../src/kubernetes/manifest/decode-jobs.js';
import { readYaml } from './read-manifest.js';

const POD = '{ restartPolicy: Never, containers: [{ name: app }] }';

const job = (spec: string, podSpec = POD) =>
  readYaml(`{ metadata: { name: report }, spec: { ${spec} template: { spec: ${podSpec} } } }`, decodeJob);
const cronJob = (spec: string) =>
  readYaml(
    `{ metadata: { name: nightly }, spec: { ${spec} jobTemplate: { spec: { template: { spec: ${POD} } } } } }`,
    decodeCronJob,
  );
const messages = ({
  problems,
}: {
  readonly problems: readonly { readonly path: string; readonly message: string }[];
}) => problems.map(({ path, message }) => `${path}: ${message}`);

describe('a Job manifest', () => {
  it("gets the API server's defaults", () => {
    expect(job('').value).toMatchObject({
      parallelism: 1,
      completions: 1,
      completionMode: 'NonIndexed',
      suspended: false,
      backoffLimit: 6,
      podReplacementPolicy: 'TerminatingOrFailed',
      template: { spec: { restartPolicy: 'Never' } },
    });
    expect(job('').problems).toEqual([]);
  });

  it('with parallelism alone is a work queue without a number of completions', () => {
    expect(job('parallelism: 4,').value.completions).toBeUndefined();
  });

  it('is refused without a restart policy that fits, and Indexed without completions', () => {
    expect(messages(job('', '{ containers: [{ name: app }] }'))).toEqual([
      'spec.template.spec.restartPolicy: valid values for a Job: "OnFailure", "Never"',
    ]);
    expect(messages(job('completionMode: Indexed,'))).toEqual([
      'spec.completions: Required value: when completion mode is Indexed',
    ]);
  });

  it('has fields that are not modelled, and says so', () => {
    expect(job('podFailurePolicy: { rules: [] },').unmodelled.map(({ path }) => path)).toContain(
      'spec.podFailurePolicy',
    );
  });
});

describe('a CronJob manifest', () => {
  it("gets the API server's defaults", () => {
    const { value, problems } = cronJob('schedule: "0 2 * * *",');
    expect(problems).toEqual([]);
    expect(value).toMatchObject({
      concurrencyPolicy: 'Allow',
      suspended: false,
      successfulJobsHistoryLimit: 3,
      failedJobsHistoryLimit: 1,
      jobTemplate: { spec: { parallelism: 1, completions: 1 } },
    });
  });

  it.each([
    ['schedule: "0 25 * * *",', 'spec.schedule: "0 25 * * *" is no cron schedule'],
    [
      'schedule: "TZ=UTC 0 2 * * *",',
      'spec.schedule: cannot use TZ or CRON_TZ in schedule, use timeZone field instead',
    ],
    ['schedule: "@daily", timeZone: Europe/Berlim,', 'spec.timeZone: unknown time zone "Europe/Berlim"'],
    ['schedule: "@daily", concurrencyPolicy: Never,', 'spec.concurrencyPolicy: "Never" is not supported'],
    ['', 'spec.schedule: schedule is required'],
  ])('is refused where the API server refuses it: %s', (spec, message) => {
    expect(messages(cronJob(spec))).toEqual([message]);
  });
});
