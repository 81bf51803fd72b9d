import type { ClusterSnapshot } from '../cluster-snapshot.js';
import type { KarpenterSettings } from '../settings.js';
import { pendingPods, podsOfDeletingNodes, type PodIntake } from './pod-intake.js';
import type { SchedulingProfile } from './scheduling-profile.js';
import type { SchedulingResult } from './scheduling-result.js';
import { solve } from './solver.js';

/** What a provisioning pass decided, with the pods that it did not try. */
export interface ProvisioningPass {
  readonly result: SchedulingResult;
  /** How many pending pods, and pods of nodes that go away, it tried to place. */
  readonly pendingPods: number;
  readonly deletingPods: number;
  readonly ignored: PodIntake['ignored'];
}

/** One pass of the provisioner: pending pods and pods of nodes that go away, onto what is there or new nodes (POD-11). */
export function provisioningPass(
  snapshot: ClusterSnapshot,
  settings: KarpenterSettings,
  profile: SchedulingProfile,
  random: () => number,
): ProvisioningPass {
  const { pods, ignored } = pendingPods(snapshot, profile);
  const deleting = podsOfDeletingNodes(snapshot, profile);
  const result = solve(
    {
      snapshot,
      pods: [...pods, ...deleting],
      destinations: profile.stateNodes.active(snapshot.stateNodes),
      purpose: 'provisioning',
      settings,
      random,
    },
    profile,
  );
  return { result, pendingPods: pods.length, deletingPods: deleting.length, ignored };
}
