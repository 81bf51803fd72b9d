import type { AutoscalerController } from './autoscaler-controller.js';
import type { DisruptionBudgetController } from './disruption-budget-controller.js';
import type { ClusterObjects } from '../scenario/scenario-spec.js';
import type { SchedulerCache } from '../kubernetes/scheduler/scheduler-cache.js';
import { podRequests } from '../kubernetes/pod-requests.js';
import type { ClusterState } from './cluster-state.js';
import type { Ec2 } from './ec2.js';
import type { CronJobController } from './cron-job-controller.js';
import type { JobController } from './job-controller.js';
import type { PodLifecycle } from './pod-lifecycle.js';
import type { WorkloadController } from './workload-controller.js';
import { logNodePool } from './run-notes.js';
import { timestampNow, type World } from './world.js';

/** The controllers that take objects in. */
export interface ObjectTakers {
  readonly world: World;
  readonly ec2: Ec2;
  /** Karpenter's view of the cluster; undefined in a run without Karpenter. */
  readonly state?: ClusterState | undefined;
  readonly cache: SchedulerCache;
  readonly pods: PodLifecycle;
  readonly workloads: WorkloadController;
  readonly jobs: JobController;
  readonly cronJobs: CronJobController;
  readonly autoscalers: AutoscalerController;
  readonly budgets: DisruptionBudgetController;
}

/**
 * Hands objects to the controllers that own them, as `kubectl apply` would.
 * @param keepsReplicas A Deployment that an autoscaler has sized keeps its size.
 */
export function applyObjects(objects: ClusterObjects, takers: ObjectTakers, keepsReplicas: boolean): void {
  const { world, ec2, state, cache, pods, workloads, jobs, cronJobs, autoscalers, budgets } = takers;
  const creationTimeMs = timestampNow(world);
  const dated = <T extends { readonly metadata: { readonly creationTimeMs: number } }>(object: T): T => ({
    ...object,
    metadata: { ...object.metadata, creationTimeMs },
  });
  for (const nodeClass of objects.nodeClasses) ec2.applyNodeClass(nodeClass);
  for (const pool of objects.nodePools) {
    logNodePool(world.log, pool);
    world.store.nodePools.set(pool.metadata.name, dated(pool));
  }
  for (const namespace of objects.namespaces) cache.setNamespace(namespace);
  for (const budget of objects.podDisruptionBudgets) {
    budgets.apply(budget);
    cache.setPodDisruptionBudget(budget);
  }
  for (const set of objects.daemonSets) workloads.applyDaemonSet(dated(set));
  for (const deployment of objects.deployments) workloads.applyDeployment(dated(deployment), keepsReplicas);
  for (const set of objects.statefulSets) workloads.applyStatefulSet(dated(set), keepsReplicas);
  for (const job of objects.jobs) jobs.apply(dated(job));
  for (const cronJob of objects.cronJobs) cronJobs.apply(dated(cronJob));
  for (const hpa of objects.horizontalPodAutoscalers) autoscalers.apply(hpa);
  for (const pod of objects.pods) pods.create(dated(pod), '', podRequests(pod));
  state?.invalidate();
}
