import type { LifeEvent, LifeRecording } from './life-story.js';

/** How a timeline's objects are called, so that two timelines can be compared. */
export interface LifeNames {
  readonly claim: (name: string) => string;
  readonly node: (name: string) => string;
  readonly pod: (name: string) => string;
}

function numberOf(name: string): string {
  return name.slice(name.lastIndexOf('-') + 1);
}

/** Position of each event's time among the different times of its type. */
function instants(events: readonly LifeEvent[]): Map<string, number> {
  const times = [...new Set(events.map(({ t }) => t))].sort((a, b) => a - b);
  const rank = new Map(times.map((t, index) => [t, index]));
  return new Map(events.map(({ subject = '', t }) => [subject, rank.get(t) ?? 0]));
}

/**
 * Names that do not depend on how things made at one instant were numbered: NodeClaims and nodes by NodePool, instant and
 * machine, pods by Deployment and instant.
 *
 * @param byInstant false: things that were made at different times count as equal too, if only their kind is the same
 */
export function lifeNames({ events }: LifeRecording, byInstant: boolean): LifeNames {
  const created = events.filter(({ type }) => type === 'NodeClaimCreated');
  const pending = events.filter(({ type }) => type === 'PodPending');
  const madeAt = instants(created);
  const pendingAt = instants(pending);
  const machines = new Map<string, string>();
  for (const { type, subject = '', detail } of events) {
    if (type !== 'Launched' || detail === undefined) continue;
    machines.set(subject, [detail['instanceType'], detail['zone'], detail['capacityType']].join('/'));
  }
  const claims = new Map<string, string>();
  for (const { subject = '' } of created) {
    const pool = subject.slice(0, subject.lastIndexOf('-'));
    const instant = byInstant ? `#${madeAt.get(subject) ?? ''}` : '';
    claims.set(numberOf(subject), `${pool}${instant} ${machines.get(subject) ?? 'unlaunched'}`);
  }
  const claim = (name: string): string => claims.get(numberOf(name)) ?? name;
  const node = (name: string): string => (name === '' ? '' : (claims.get(name.slice(1)) ?? name));
  const pod = (name: string): string => {
    const owner = name.slice(0, name.lastIndexOf('-'));
    const instant = pendingAt.get(name);
    // Only DaemonSet pods are never pending; they are named after their node.
    if (instant === undefined) return `${owner} on ${node(numberOf(name))}`;
    return byInstant ? `${owner}#${instant}` : owner;
  };
  return { claim, node, pod };
}
