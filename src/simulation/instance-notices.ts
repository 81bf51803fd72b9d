import { interruptionEvent, type NoticeKind } from '../cloud/interruption/interruption-event.js';
import { SPOT_WARNING_MS } from '../cloud/interruption/spot-reclaims.js';
import type { RandomStream } from '../kernel/random-streams.js';
import type { InstanceSelector, ScenarioSpec } from '../scenario/scenario-spec.js';
import type { InterruptionController } from './interruption-controller.js';
import type { NodeClaimController } from './node-claim-controller.js';
import type { NodeFailureController } from './node-failure-controller.js';
import type { LaunchedInstance } from './surroundings.js';
import type { TerminationController } from './termination-controller.js';
import { PRIORITY, type World } from './world.js';

/** From EC2's event through EventBridge and the queue to Karpenter, an assumption (aws.md §15). */
const QUEUE_LATENCY_MS = { min: 500, max: 2000 };

/** Who acts on what EC2 announces. */
export interface NoticeTakers {
  readonly nodeClaims: NodeClaimController;
  readonly termination: TerminationController;
  readonly failures: NodeFailureController;
  readonly interruptions: InterruptionController;
}

/**
 * EC2's part in an interruption: recommendations, warnings, and the end of the machine two minutes after a warning. Karpenter
 * hears of them when it has a queue, and EventBridge a rule for the kind (aws.md §15).
 */
export class InstanceNotices {
  readonly #world: World;
  readonly #takers: NoticeTakers;
  readonly #latency: RandomStream;
  /** By NodeClaim, in order of launch. */
  readonly #running = new Map<string, LaunchedInstance>();
  readonly #unheard = new Map<NoticeKind, number>();

  constructor(
    world: World,
    private readonly interruption: ScenarioSpec['interruption'],
    takers: NoticeTakers,
  ) {
    this.#world = world;
    this.#takers = takers;
    this.#latency = world.streams.stream('interruption/queue-latency');
    takers.failures.onInstanceGone((nodeClaim, reclaimed) => {
      // Of a reclaimed instance the warning is counted already.
      if (!reclaimed || this.#isHeard('instance-terminated')) this.#send('instance-terminated', nodeClaim);
    });
    takers.nodeClaims.onLaunched((claim, instance) => {
      const { name } = claim.metadata;
      this.#running.set(name, instance);
      const { interruptAfterMs, rebalanceAfterMs } = instance;
      if (rebalanceAfterMs !== undefined) {
        world.kernel.after(rebalanceAfterMs, PRIORITY.cloud, `rebalance recommendation for ${name}`, () => {
          this.recommendRebalance(name);
        });
      }
      if (interruptAfterMs === undefined) return;
      world.kernel.after(interruptAfterMs, PRIORITY.cloud, `spot warning for ${name}`, () => {
        this.warn(name);
      });
    });
    world.store.nodeClaims.subscribe(({ before, after }) => {
      if (after === undefined && before !== undefined) this.#running.delete(before.metadata.name);
    });
  }

  /** Notices that Karpenter did not hear, by kind. */
  get unheard(): ReadonlyMap<NoticeKind, number> {
    return this.#unheard;
  }

  /** NodeClaims of running instances that match, in order of launch; an undefined field matches all. */
  instances(filter: InstanceSelector, capacityType?: 'spot'): string[] {
    const matching: string[] = [];
    for (const [name, { instanceType, offering }] of this.#running) {
      if (capacityType !== undefined && capacityType !== offering.capacityType) continue;
      if (filter.instanceType !== undefined && filter.instanceType !== instanceType.name) continue;
      if (filter.zone !== undefined && filter.zone !== offering.zone) continue;
      matching.push(name);
    }
    return matching;
  }

  /** EC2 sees a higher risk of interruption. Both versions publish an event about it and do nothing (disruption.md §10). */
  recommendRebalance(nodeClaimName: string): void {
    const subject = this.#subjectOf(nodeClaimName);
    if (subject === undefined) return;
    this.#world.log.append('SpotRebalanceRecommendation', subject);
    this.#send('rebalance-recommendation', nodeClaimName);
  }

  /** EC2 announces that it takes a spot instance back, and does so two minutes later. */
  warn(nodeClaimName: string): void {
    const { kernel, log } = this.#world;
    const subject = this.#subjectOf(nodeClaimName);
    if (subject === undefined) return;
    const isHeard = this.#isHeard('spot-interruption');
    log.append('SpotInterruption', isHeard ? subject : { ...subject, unheard: true });
    this.#send('spot-interruption', nodeClaimName);
    kernel.after(SPOT_WARNING_MS, PRIORITY.cloud, `reclaim of ${nodeClaimName}`, () => {
      this.#reclaim(nodeClaimName);
    });
  }

  /** AWS Health announces maintenance of the host: the instance runs on until then, which lies outside a run. */
  announceMaintenance(nodeClaimName: string): void {
    const subject = this.#subjectOf(nodeClaimName);
    if (subject === undefined) return;
    this.#world.log.append('InstanceNotice', { ...subject, kind: 'scheduled-change' });
    this.#send('scheduled-change', nodeClaimName);
  }

  /** A node on its way out is gone with its pods when the machine goes; of any other Kubernetes has to find out by itself. */
  #reclaim(nodeClaimName: string): void {
    const { failures, nodeClaims, termination } = this.#takers;
    const claim = this.#world.store.nodeClaims.get(nodeClaimName);
    if (claim === undefined) return;
    const { nodeName } = claim.status;
    if (claim.metadata.deletionTimeMs !== undefined) termination.reclaim(nodeClaimName);
    else if (nodeName !== undefined) failures.fail(nodeName, 'instance-gone', true);
    else nodeClaims.machineGone(nodeClaimName);
  }

  #send(kind: NoticeKind, nodeClaimName: string): void {
    if (!this.#isHeard(kind)) {
      this.#unheard.set(kind, (this.#unheard.get(kind) ?? 0) + 1);
      return;
    }
    const providerID = this.#running.get(nodeClaimName)?.providerID ?? '';
    const body = interruptionEvent(kind, providerID.slice(providerID.lastIndexOf('/') + 1));
    const latencyMs = Math.round(this.#latency.uniform(QUEUE_LATENCY_MS.min, QUEUE_LATENCY_MS.max));
    this.#world.kernel.after(latencyMs, PRIORITY.nodeClaimLifecycle, `${kind} of ${nodeClaimName}`, () => {
      this.#takers.interruptions.receive(body);
    });
  }

  #isHeard(kind: NoticeKind): boolean {
    return this.interruption.queue !== '' && this.interruption.events.includes(kind);
  }

  #subjectOf(
    nodeClaimName: string,
  ): { readonly node: string; readonly instanceType: string; readonly zone: string } | undefined {
    const instance = this.#running.get(nodeClaimName);
    const claim = this.#world.store.nodeClaims.get(nodeClaimName);
    if (instance === undefined || claim === undefined) return undefined;
    const { instanceType, offering } = instance;
    return { node: claim.status.nodeName ?? nodeClaimName, instanceType: instanceType.name, zone: offering.zone };
  }
}
