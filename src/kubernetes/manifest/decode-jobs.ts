import { parseCronFields } from '../cron-fields.js';
import { isTimeZone } from '../cron-schedule.js';
import type { CronJob, Job, JobSpec } from '../job.js';
import { decodeObjectMeta } from './decode-object-meta.js';
import { decodeConditions, decodePodTemplate } from './decode-pod.js';
import { decodeLabelSelector } from './decode-selectors.js';
import type { FieldReader } from './field-reader.js';

/** A CronJob's name, a dash and eleven digits have to fit into the 63 characters of a Job's name. */
const LONGEST_CRON_JOB_NAME = 52;
/** Indexes, and pods at once, of an Indexed Job. */
const MOST_INDEXES = 100_000;

/** batch/v1 Job with the API server's defaults. */
export function decodeJob(object: FieldReader): Job {
  const metadata = decodeObjectMeta(object, 'Job', 'namespaced');
  const spec = object.requiredObject('spec');
  const status = object.object('status');
  const conditions = status === undefined ? [] : decodeConditions(status, metadata.creationTimeMs);
  const job: Job = {
    metadata,
    ...decodeJobSpec(spec),
    selector: decodeLabelSelector(spec, 'selector'),
    status: {
      succeeded: status?.integer('succeeded', { min: 0 }) ?? 0,
      finished: conditions.some(
        (condition) => ['Complete', 'Failed'].includes(condition.type) && condition.status === 'True',
      ),
    },
  };
  status?.restIrrelevant();
  return job;
}

/** batch/v1 CronJob with the API server's defaults. */
export function decodeCronJob(object: FieldReader): CronJob {
  object.irrelevant('status');
  const metadata = decodeObjectMeta(object, 'CronJob', 'namespaced');
  if (metadata.name.length > LONGEST_CRON_JOB_NAME) {
    object.refuse(['metadata', 'name'], `must be no more than ${LONGEST_CRON_JOB_NAME} characters`);
  }
  const spec = object.requiredObject('spec');
  const jobTemplate = spec.requiredObject('jobTemplate');
  const jobMetadata = jobTemplate.object('metadata');
  jobMetadata?.irrelevant('creationTimestamp', 'name', 'namespace');
  return {
    metadata,
    schedule: decodeSchedule(spec),
    timeZone: decodeTimeZone(spec),
    concurrencyPolicy: spec.oneOf('concurrencyPolicy', ['Allow', 'Forbid', 'Replace']) ?? 'Allow',
    suspended: spec.boolean('suspend') ?? false,
    startingDeadlineSeconds: spec.integer('startingDeadlineSeconds', { min: 0 }),
    successfulJobsHistoryLimit: spec.integer('successfulJobsHistoryLimit', { min: 0 }) ?? 3,
    failedJobsHistoryLimit: spec.integer('failedJobsHistoryLimit', { min: 0 }) ?? 1,
    jobTemplate: {
      labels: jobMetadata?.stringMap('labels') ?? {},
      annotations: jobMetadata?.stringMap('annotations') ?? {},
      spec: decodeJobSpec(jobTemplate.requiredObject('spec')),
    },
  };
}

function decodeJobSpec(spec: FieldReader): JobSpec {
  spec.irrelevant('manualSelector');
  for (const field of ['backoffLimitPerIndex', 'maxFailedIndexes', 'podFailurePolicy', 'successPolicy', 'managedBy']) {
    if (spec.has(field)) spec.noteUnmodelled(field);
  }
  const completionMode = spec.oneOf('completionMode', ['NonIndexed', 'Indexed']) ?? 'NonIndexed';
  const bounds = completionMode === 'Indexed' ? { min: 0, max: MOST_INDEXES } : { min: 0 };
  const completions = spec.integer('completions', bounds);
  const parallelism = spec.integer('parallelism', bounds) ?? 1;
  if (completionMode === 'Indexed' && !spec.has('completions')) {
    spec.refuse('completions', 'Required value: when completion mode is Indexed', 'how many indexes there are');
  }
  const template = decodePodTemplate(spec);
  if (template.spec.restartPolicy === undefined) {
    spec.refuse(
      ['template', 'spec', 'restartPolicy'],
      'valid values for a Job: "OnFailure", "Never"',
      'restartPolicy: Never or OnFailure',
    );
  }
  return {
    parallelism,
    // Without either field the API server asks for one pod.
    completions: completions ?? (spec.has('parallelism') ? undefined : 1),
    completionMode,
    suspended: spec.boolean('suspend') ?? false,
    backoffLimit: spec.integer('backoffLimit', { min: 0 }) ?? 6,
    activeDeadlineSeconds: spec.integer('activeDeadlineSeconds', { min: 0 }),
    ttlSecondsAfterFinished: spec.integer('ttlSecondsAfterFinished', { min: 0 }),
    podReplacementPolicy:
      spec.oneOf('podReplacementPolicy', ['TerminatingOrFailed', 'Failed']) ?? 'TerminatingOrFailed',
    template,
  };
}

function decodeSchedule(spec: FieldReader): string {
  const schedule = spec.requiredString('schedule');
  if (schedule === '') return schedule;
  if (/^(CRON_)?TZ=/.test(schedule)) {
    spec.refuse('schedule', 'cannot use TZ or CRON_TZ in schedule, use timeZone field instead', 'spec.timeZone');
  } else if (/^@every\s/.test(schedule)) {
    // kube-controller-manager takes it, and counts from the CronJob's creation.
    spec.noteUnmodelled('schedule');
  } else if (parseCronFields(schedule) === undefined) {
    spec.refuse('schedule', `"${schedule}" is no cron schedule`, 'five fields such as "0 2 * * *", or @daily');
  }
  return schedule;
}

function decodeTimeZone(spec: FieldReader): string | undefined {
  const timeZone = spec.string('timeZone');
  if (timeZone !== undefined && (timeZone === '' || !isTimeZone(timeZone))) {
    spec.refuse('timeZone', `unknown time zone "${timeZone}"`, 'an IANA name such as Europe/London');
    return undefined;
  }
  return timeZone;
}
