import type { FieldReader } from '../../kubernetes/manifest/field-reader.js';
import type { ConsolidationPolicy, DisruptionBudget, DisruptionReason, NodePool } from '../nodepool.js';
import { NODE_POOL_V1, NODE_POOL_V1BETA1, type NodePoolVersion } from './node-pool-version.js';

const HOURS_720_MS = 720 * 3_600_000;

/** The rule that a bad value of a field breaks, by field; other rules are named where they are checked. */
const DISRUPTION_RULES = {
  budgets: 'nodepool/budgets',
  consolidateAfter: 'nodepool/consolidate-after',
  consolidationPolicy: 'nodepool/consolidation-policy',
  expireAfter: 'nodepool/expire-after',
} as const;

const BUDGET_RULES = {
  nodes: 'nodepool/budget-nodes',
  reasons: 'nodepool/budget-reasons',
  schedule: 'nodepool/budget-schedule',
  duration: 'nodepool/budget-duration',
} as const;

/** `spec.disruption`, `karpenter.sh/v1` (disruption.md §11.2). */
export function decodeDisruptionV1(spec: FieldReader): NodePool['disruption'] {
  const disruption = spec.object('disruption')?.ruledBy(DISRUPTION_RULES);
  if (disruption === undefined) {
    return { consolidationPolicy: 'WhenEmptyOrUnderutilized', consolidateAfter: 0, budgets: [{ nodes: '10%' }] };
  }
  for (const [key, hint] of Object.entries(NODE_POOL_V1.movedInDisruption)) disruption.refuseUnknown(key, hint);
  if (!disruption.has('consolidateAfter')) {
    disruption.missing('consolidateAfter', 'a duration such as 30s, or Never; v1 requires it with every policy');
  }
  return {
    consolidationPolicy: decodePolicy(disruption, NODE_POOL_V1) ?? 'WhenEmptyOrUnderutilized',
    consolidateAfter: disruption.durationOrNever('consolidateAfter', NODE_POOL_V1.durationPattern) ?? 0,
    budgets: disruption.has('budgets') ? decodeBudgets(disruption) : [{ nodes: '10%' }],
  };
}

/** `spec.disruption`, `karpenter.sh/v1beta1` (disruption.md §11.1). */
export function decodeDisruptionV1beta1(spec: FieldReader): NodePool['disruption'] {
  const disruption = spec.object('disruption')?.ruledBy(DISRUPTION_RULES);
  if (disruption === undefined) {
    return { consolidationPolicy: 'WhenUnderutilized', expireAfter: HOURS_720_MS, budgets: [] };
  }
  for (const [key, hint] of Object.entries(NODE_POOL_V1BETA1.movedInDisruption)) disruption.refuseUnknown(key, hint);
  const consolidationPolicy = decodePolicy(disruption, NODE_POOL_V1BETA1) ?? 'WhenUnderutilized';
  const consolidateAfter = disruption.durationOrNever('consolidateAfter', NODE_POOL_V1BETA1.durationPattern);
  if (consolidationPolicy === 'WhenUnderutilized' && typeof consolidateAfter === 'number') {
    disruption.problem('consolidateAfter', {
      code: 'refused-by-api-server',
      rule: 'nodepool/consolidate-after-with-when-underutilized',
      message: 'consolidateAfter cannot be combined with consolidationPolicy=WhenUnderutilized',
      expected: 'no consolidateAfter, or consolidationPolicy: WhenEmpty',
      hint: 'v0.32.0 consolidates underutilized nodes without waiting: leave consolidateAfter out',
    });
  }
  if (consolidationPolicy === 'WhenEmpty' && !disruption.has('consolidateAfter')) {
    disruption.problem(undefined, {
      code: 'refused-by-api-server',
      rule: 'nodepool/consolidate-after-for-when-empty',
      message: 'consolidateAfter must be specified with consolidationPolicy=WhenEmpty',
      expected: 'a duration such as 30s, or Never',
    });
  }
  const expireAfter = disruption.durationOrNever('expireAfter', NODE_POOL_V1BETA1.durationPattern) ?? HOURS_720_MS;
  return { consolidationPolicy, consolidateAfter, expireAfter, budgets: [] };
}

function decodePolicy(disruption: FieldReader, version: NodePoolVersion): ConsolidationPolicy | undefined {
  const renamed = {
    WhenUnderutilized: 'WhenEmptyOrUnderutilized',
    WhenEmptyOrUnderutilized: 'WhenUnderutilized',
  } as const;
  const written = disruption.string('consolidationPolicy');
  if (written === 'WhenUnderutilized' || written === 'WhenEmptyOrUnderutilized') {
    if (!version.consolidationPolicies.includes(written)) {
      disruption.problem('consolidationPolicy', {
        code: 'unsupported-value',
        message: `"${written}" is not supported`,
        expected: `one of ${version.consolidationPolicies.join(', ')}`,
        hint: `${version.apiVersion} calls it ${renamed[written]}`,
      });
      return undefined;
    }
  }
  return disruption.oneOf('consolidationPolicy', version.consolidationPolicies);
}

const REASONS: readonly DisruptionReason[] = ['Underutilized', 'Empty', 'Drifted'];

function decodeBudgets(disruption: FieldReader): DisruptionBudget[] {
  const budgets = disruption.objects('budgets');
  if (budgets.length > 50) disruption.refuse('budgets', `Too many: ${budgets.length}: must have at most 50 items`);
  return budgets.map((reader) => {
    const budget = reader.ruledBy(BUDGET_RULES);
    const nodes = budget.string('nodes') ?? '10%';
    if (!/^((100|[0-9]{1,2})%|[0-9]+)$/.test(nodes)) {
      budget.refuse('nodes', `"${nodes}" is not a number of nodes`, 'an integer such as "5", or 0% to 100%');
    }
    const schedule = budget.string('schedule');
    if (schedule !== undefined && !SCHEDULE.test(schedule)) {
      budget.refuse('schedule', `"${schedule}" is not a cron schedule`, 'five fields, or @hourly, @daily, …');
    }
    if (budget.has('schedule') !== budget.has('duration')) {
      budget.problem(undefined, {
        code: 'refused-by-api-server',
        rule: 'nodepool/budget-schedule-with-duration',
        message: "'schedule' must be set with 'duration'",
        expected: 'both, or neither for a budget that always applies',
      });
    }
    return {
      nodes,
      reasons: decodeReasons(budget),
      schedule,
      durationMs: budget.durationMs('duration', /^((([0-9]+(h|m))|([0-9]+h[0-9]+m))(0s)?)$/),
    };
  });
}

/** As the CRD has it: the names are anchored at the front only, the five fields nowhere. */
const SCHEDULE = /^(@(annually|yearly|monthly|weekly|daily|midnight|hourly))|((.+)\s(.+)\s(.+)\s(.+)\s(.+))$/;

function decodeReasons(budget: FieldReader): readonly DisruptionReason[] | undefined {
  const written = budget.stringList('reasons');
  if (written === undefined) return undefined;
  const reasons: DisruptionReason[] = [];
  for (const [index, word] of written.entries()) {
    const reason = REASONS.find((known) => known === word);
    if (reason === undefined) {
      budget.problem(['reasons', index], {
        code: 'unsupported-value',
        message: `"${word}" is not supported`,
        expected: `one of ${REASONS.join(', ')}`,
      });
    } else if (reasons.includes(reason)) budget.refuse(['reasons', index], `Duplicate value: "${word}"`);
    else reasons.push(reason);
  }
  return reasons;
}
