import type { Candidate } from '../karpenter/disruption/candidate.js';
import { disruptionMethods } from '../karpenter/disruption/disruption-methods.js';
import type {
  DisruptionCommand,
  DisruptionContext,
  DisruptionMethod,
} from '../karpenter/disruption/disruption-method.js';
import { findingMessage } from '../karpenter/disruption/finding-message.js';
import type { DisruptionFinding } from '../karpenter/disruption/finding.js';
import { INSTANCE_TYPE_LABEL, NODEPOOL_LABEL } from '../karpenter/requirements/labels.js';
import { solve } from '../karpenter/scheduling/solver.js';
import { schedulingProfile } from '../karpenter/versions/scheduling-profile-of.js';
import { RandomStreams } from '../kernel/random-streams.js';
import type { Cluster } from '../scenario/load-cluster.js';

/** What Karpenter's methods say of one node of a cluster as it stands. */
export interface NodeVerdict {
  readonly node: string;
  /** Empty for a node outside Karpenter. */
  readonly nodePool: string;
  readonly instanceType: string;
  readonly pods: number;
  /** A method would take it, asked about it alone. */
  readonly action?:
    | {
        readonly method: string;
        readonly decision: 'delete' | 'replace';
        /** Of the replacement. */
        readonly instanceTypes: readonly string[];
        /** Dollars an hour. */
        readonly savingsPerHour: number;
      }
    | undefined;
  /** Else why it stays, by a stable code and in words. */
  readonly reason?: { readonly method: string; readonly code: string; readonly message: string } | undefined;
}

/** Reasons that belong to another method's purpose, or say only that a method is not for this node. */
const BESIDE_THE_POINT: ReadonlySet<string> = new Set([
  'not-empty',
  'empty',
  'not-drifted',
  'not-static',
  'not-expired',
]);

/**
 * Asks every disruption method about every node of a cluster, each node by itself: which could go now, and why the others
 * stay. Karpenter takes them one command at a time, so that not all that could go will.
 */
export function disruptionNow(cluster: Cluster, seed: number): readonly NodeVerdict[] {
  const { snapshot, settings } = cluster;
  const scheduling = schedulingProfile(settings.version);
  const random = new RandomStreams(String(seed)).stream('karpenter/disruption');
  const context: DisruptionContext = {
    snapshot,
    settings,
    scheduling,
    solve: (request) => solve(request, scheduling),
    random: () => random.next(),
    explain: true,
  };
  const methods = disruptionMethods(settings.version).filter(({ name }) => name !== 'multi');
  const searches = methods.map((method) => ({ method, search: method.search(context) }));
  const refusals = new Map<string, { readonly method: DisruptionMethod; readonly finding: DisruptionFinding }>();
  const note = (method: DisruptionMethod, finding: DisruptionFinding): void => {
    const known = refusals.get(finding.node);
    if (known === undefined || BESIDE_THE_POINT.has(known.finding.code))
      refusals.set(finding.node, { method, finding });
    else if (!BESIDE_THE_POINT.has(finding.code) && known.finding.event === undefined) {
      refusals.set(finding.node, { method, finding });
    }
  };
  const commands = new Map<string, DisruptionCommand>();
  for (const { method, search } of searches) {
    for (const finding of search.findings) note(method, finding);
    for (const candidate of search.candidates) {
      if (commands.has(candidate.name)) continue;
      const outcome = method.compute(context, [candidate]);
      const [command] = outcome.commands;
      if (command !== undefined) commands.set(candidate.name, command);
      for (const finding of outcome.findings) note(method, finding);
    }
  }
  const seen = new Map<string, Candidate>(
    searches.flatMap(({ search }) => search.candidates.map((own) => [own.name, own])),
  );
  return snapshot.stateNodes.map((stateNode): NodeVerdict => {
    const { name, labels } = scheduling.stateNodes.view(stateNode);
    const command = commands.get(name);
    const refusal = refusals.get(name) ?? refusals.get(stateNode.nodeClaim?.metadata.name ?? '');
    const common = {
      node: name,
      nodePool: stateNode.nodeClaim === undefined ? '' : (labels[NODEPOOL_LABEL] ?? ''),
      instanceType: labels[INSTANCE_TYPE_LABEL] ?? '',
      pods: seen.get(name)?.pods.length ?? stateNode.pods.length,
    };
    if (command !== undefined) {
      const { method, replacements, savingsPerHour } = command;
      const decision = replacements.length === 0 ? 'delete' : 'replace';
      const instanceTypes = replacements[0]?.instanceTypes.map((type) => type.name) ?? [];
      return { ...common, action: { method, decision, instanceTypes, savingsPerHour } };
    }
    if (stateNode.nodeClaim === undefined) {
      const message = 'Karpenter does not manage it';
      return { ...common, reason: { method: '', code: 'managed', message } };
    }
    if (refusal === undefined) return common;
    const { method, finding } = refusal;
    const message = findingMessage(finding, settings.version);
    return { ...common, reason: { method: method.name, code: finding.code, message } };
  });
}
