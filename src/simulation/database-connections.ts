import { objectKey } from './cluster-store.js';
import type { PodLifecycle } from './pod-lifecycle.js';
import type { ServiceLoad } from '../workload/service-load.js';
import type { World } from './world.js';

/** Logs the database connections that pods open whenever their containers start: a burst of restarts is a burst of these. */
export function watchDatabaseConnections(world: World, pods: PodLifecycle, loads: readonly ServiceLoad[]): void {
  const perPod = new Map(
    loads.flatMap(({ deployment, databaseConnections = 0 }) =>
      databaseConnections > 0 ? [[deployment, databaseConnections] as const] : [],
    ),
  );
  const serviceOf = new Map<string, string>();
  pods.onCreated((pod, service) => {
    if (perPod.has(service)) serviceOf.set(pod.metadata.uid, service);
  });
  pods.onStarted((pod, wasRunning) => {
    if (wasRunning) return;
    const service = serviceOf.get(pod.metadata.uid);
    const connections = service === undefined ? undefined : perPod.get(service);
    if (service === undefined || connections === undefined) return;
    world.log.append('DatabaseConnectionsOpened', { service, pod: objectKey(pod.metadata), connections });
  });
  world.store.pods.subscribe(({ before, after }) => {
    if (after === undefined && before !== undefined) serviceOf.delete(before.metadata.uid);
  });
}
