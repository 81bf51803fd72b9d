import type { ObjectMeta } from './object-meta.js';
import type { LabelSelector } from './selectors.js';
import type { PodTemplate } from './workloads.js';

/** `spec` of a Job, and of a CronJob's `jobTemplate`, with the API server's defaults. */
export interface JobSpec {
  /** How many pods may run at once. */
  readonly parallelism: number;
  /** How many have to succeed; undefined: one that succeeds ends the Job. */
  readonly completions?: number | undefined;
  /** `Indexed`: each index from 0 to completions − 1 has to succeed once. */
  readonly completionMode: 'NonIndexed' | 'Indexed';
  readonly suspended: boolean;
  /** Failures that are forgiven. */
  readonly backoffLimit: number;
  /** The Job fails when it has not succeeded this long after its start. */
  readonly activeDeadlineSeconds?: number | undefined;
  /** A finished Job is deleted this much later; undefined: never. */
  readonly ttlSecondsAfterFinished?: number | undefined;
  /** `Failed`: a pod that is being deleted is replaced when it is gone, not at once. */
  readonly podReplacementPolicy: 'TerminatingOrFailed' | 'Failed';
  readonly template: PodTemplate;
}

/** batch/v1 Job. */
export interface Job extends JobSpec {
  readonly metadata: ObjectMeta;
  /** Undefined in a manifest: the API server makes one of the Job's UID. */
  readonly selector?: LabelSelector | undefined;
  readonly status: { readonly succeeded: number; readonly finished: boolean };
}

/** batch/v1 CronJob. */
export interface CronJob {
  readonly metadata: ObjectMeta;
  readonly schedule: string;
  /** IANA name; undefined: that of kube-controller-manager, which is UTC on EKS. */
  readonly timeZone?: string | undefined;
  readonly concurrencyPolicy: 'Allow' | 'Forbid' | 'Replace';
  readonly suspended: boolean;
  /** A run that is later than this is missed. */
  readonly startingDeadlineSeconds?: number | undefined;
  readonly successfulJobsHistoryLimit: number;
  readonly failedJobsHistoryLimit: number;
  readonly jobTemplate: {
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
    readonly spec: JobSpec;
  };
}
