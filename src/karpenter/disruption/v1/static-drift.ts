import { hasCondition } from '../../lifecycle/conditions.js';
import type { NodePool } from '../../nodepool.js';
import { Requirements } from '../../requirements/requirements.js';
import type { SchedulingProfile } from '../../scheduling/scheduling-profile.js';
import type { PlannedNodeClaim } from '../../scheduling/scheduling-result.js';
import { shuffled } from '../../scheduling/shuffled.js';
import { remainingBudgets } from '../budgets.js';
import { totalPrice, type Candidate } from '../candidate.js';
import type { DisruptionCommand, DisruptionContext, DisruptionMethod, MethodOutcome } from '../disruption-method.js';
import type { DisruptionFinding } from '../finding.js';
import { budgetExhausted, finding, selectionBy, type Rejection } from '../method-filter.js';
import { searchCandidates } from './candidates.js';
import { NOT_DRIFTED } from './rejections.js';

const NOT_STATIC: Rejection = { code: 'not-static' };

function rejectionOf({ nodePool, nodeClaim }: Candidate): Rejection | undefined {
  if (nodePool.replicas === undefined) return NOT_STATIC;
  return hasCondition(nodeClaim, 'Drifted') ? undefined : NOT_DRIFTED;
}

const select = selectionBy(rejectionOf);

/** A NodeClaim straight from the template: which type it becomes is the provider's choice. */
function planFromTemplate(nodePool: NodePool, profile: SchedulingProfile): PlannedNodeClaim {
  const { template } = nodePool;
  const labels = profile.templateLabels(nodePool);
  const requirements = Requirements.fromExpressions(template.requirements, profile.boundsReading).and(
    Requirements.fromLabels(labels),
  );
  return {
    nodePoolName: nodePool.metadata.name,
    pods: [],
    instanceTypes: [],
    requirements: requirements.serialize(profile.boundsReading),
    packed: { requirements, instanceTypes: [] },
    requests: {},
    labels,
    annotations: profile.annotations(nodePool, false),
    taints: template.taints,
    startupTaints: template.startupTaints,
    nodeClassRef: template.nodeClassRef,
    expireAfter: template.expireAfter,
    terminationGracePeriodMs: template.terminationGracePeriodMs,
  };
}

/** NodeClaims of a static NodePool: running, on their way out, and about to be replaced. */
interface NodeCounts {
  readonly active: number;
  readonly deleting: number;
  readonly pending: number;
}

function countNodes({ snapshot, scheduling }: DisruptionContext, nodePoolName: string): NodeCounts {
  const counts = { active: 0, deleting: 0, pending: 0 };
  for (const stateNode of snapshot.stateNodes) {
    const { nodeClaim, heldByCommand } = stateNode;
    if (nodeClaim === undefined || scheduling.stateNodes.view(stateNode).nodePoolName !== nodePoolName) continue;
    if (nodeClaim.metadata.deletionTimeMs !== undefined) counts.deleting++;
    else if (heldByCommand) counts.pending++;
    else counts.active++;
  }
  return counts;
}

function compute(context: DisruptionContext, candidates: readonly Candidate[]): MethodOutcome {
  const budgets = remainingBudgets(context, 'Drifted');
  const commands: DisruptionCommand[] = [];
  const findings: DisruptionFinding[] = [];
  const nodePools = new Set(candidates.map(({ nodePool }) => nodePool));
  for (const nodePool of nodePools) {
    const { name } = nodePool.metadata;
    const drifted = shuffled(candidates, context.random).filter((candidate) => candidate.nodePool === nodePool);
    const skip = (code: 'static-scale-down' | 'static-limit'): void => {
      findings.push(...drifted.map((candidate) => finding(candidate, code, { nodePool: name })));
    };
    const { active, deleting, pending } = countNodes(context, name);
    if (budgets.remaining(name) === 0) {
      findings.push(...drifted.map((candidate) => budgetExhausted(candidate, budgets, 'Drifted')));
    }
    // Scaling down comes first.
    else if (active + pending > (nodePool.replicas ?? 0)) skip('static-scale-down');
    else {
      const limit = nodePool.limits['nodes'] ?? Infinity;
      const room = Math.max(0, limit - (active + deleting + pending));
      const granted = Math.min(budgets.remaining(name), drifted.length, room);
      if (granted === 0) skip('static-limit');
      for (const candidate of drifted.slice(0, granted)) {
        commands.push({
          method: 'static-drift',
          reason: 'Drifted',
          candidates: [candidate],
          replacements: [planFromTemplate(nodePool, context.scheduling)],
          destinations: [],
          savingsPerHour: totalPrice([candidate]),
        });
      }
    }
  }
  return { commands, findings, consolidated: false };
}

/** Replaces drifted nodes of static NodePools, several at once where budget and node limit have room (disruption.md §5.4). */
export const STATIC_DRIFT: DisruptionMethod = {
  name: 'static-drift',
  reason: 'Drifted',
  usesMemo: false,
  search: (context) => select(searchCandidates(context, 'eventual'), context),
  budgets: (context) => remainingBudgets(context, 'Drifted'),
  compute,
};
