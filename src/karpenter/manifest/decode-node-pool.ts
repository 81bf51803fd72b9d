import { decodeObjectMeta } from '../../kubernetes/manifest/decode-object-meta.js';
import { hashFields } from '../../kubernetes/manifest/field-hash.js';
import { isRecord } from '../../kubernetes/manifest/field-path.js';
import type { FieldReader } from '../../kubernetes/manifest/field-reader.js';
import type { ResourceList } from '../../kubernetes/resource-list.js';
import type { ConsolidationPolicy, DisruptionBudget, DisruptionReason, NodePool } from '../nodepool.js';
import { decodeTemplate } from './decode-template.js';
import { NODE_POOL_V1, NODE_POOL_V1BETA1, type NodePoolVersion } from './node-pool-version.js';

const HOURS_720_MS = 720 * 3_600_000;

/** NodePool, `karpenter.sh/v1`: defaults of its CRD applied; refuses what the API server of v1.14.1 refuses. */
export function decodeNodePoolV1(object: FieldReader): NodePool {
  const { metadata, spec, limits, weight } = decodeCommon(object, NODE_POOL_V1);
  const replicas = spec.integer('replicas', { min: 0 });
  if (replicas !== undefined) {
    if (Object.keys(limits).some((resource) => resource !== 'nodes')) {
      spec.refuse('limits', "only 'limits.nodes' is supported on static NodePools");
    }
    if (spec.has('weight')) spec.refuse('weight', "'weight' is not supported on static NodePools");
  }
  const template = decodeTemplate(spec, NODE_POOL_V1);
  const { labels, annotations, taints, startupTaints, nodeClassRef, expireAfter, terminationGracePeriodMs } = template;
  return {
    apiVersion: NODE_POOL_V1.apiVersion,
    metadata,
    weight,
    replicas,
    limits,
    disruption: decodeDisruptionV1(spec),
    template,
    hash: hashFields({
      labels,
      annotations,
      taints,
      startupTaints,
      nodeClassRef,
      expireAfter,
      terminationGracePeriodMs,
    }),
  };
}

/** NodePool, `karpenter.sh/v1beta1`: refuses what the API server and the webhook of v0.32.0 refuse. */
export function decodeNodePoolV1beta1(object: FieldReader): NodePool {
  const { metadata, spec, limits, weight } = decodeCommon(object, NODE_POOL_V1BETA1);
  const template = decodeTemplate(spec, NODE_POOL_V1BETA1);
  const { labels, annotations, taints, startupTaints, nodeClassRef, kubelet } = template;
  return {
    apiVersion: NODE_POOL_V1BETA1.apiVersion,
    metadata,
    weight,
    limits,
    disruption: decodeDisruptionV1beta1(spec),
    template,
    hash: hashFields({ labels, annotations, taints, startupTaints, nodeClassRef, kubelet }),
  };
}

function decodeCommon(object: FieldReader, version: NodePoolVersion) {
  object.beStrict().irrelevant('status');
  const metadata = decodeObjectMeta(object, 'NodePool', 'cluster');
  if (
    metadata.name !== '' &&
    !(version.namePattern.test(metadata.name) && metadata.name.length <= version.maxNameLength)
  ) {
    object.refuse(
      ['metadata', 'name'],
      `"${metadata.name}" is not a name of a NodePool`,
      'lower-case letters, digits and -',
    );
  }
  const spec = object.requiredObject('spec');
  for (const [key, hint] of Object.entries(version.movedInSpec)) spec.refuseUnknown(key, hint);
  return { metadata, spec, limits: decodeLimits(spec), weight: spec.integer('weight', { min: 1, max: 100 }) ?? 0 };
}

function decodeLimits(spec: FieldReader): ResourceList {
  const limits = spec.resourceList('limits') ?? {};
  const written = spec.raw('limits');
  for (const [resource, value] of Object.entries(isRecord(written) ? written : {})) {
    if (typeof value === 'number' && !Number.isInteger(value)) {
      spec.refuse(['limits', resource], `${value} must be of type integer or string`, `"${value}" in quotes`);
    }
  }
  return limits;
}

function decodeDisruptionV1(spec: FieldReader): NodePool['disruption'] {
  const disruption = spec.object('disruption');
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

function decodeDisruptionV1beta1(spec: FieldReader): NodePool['disruption'] {
  const disruption = spec.object('disruption');
  if (disruption === undefined) {
    return { consolidationPolicy: 'WhenUnderutilized', expireAfter: HOURS_720_MS, budgets: [] };
  }
  for (const [key, hint] of Object.entries(NODE_POOL_V1BETA1.movedInDisruption)) disruption.refuseUnknown(key, hint);
  const consolidationPolicy = decodePolicy(disruption, NODE_POOL_V1BETA1) ?? 'WhenUnderutilized';
  const consolidateAfter = disruption.durationOrNever('consolidateAfter', NODE_POOL_V1BETA1.durationPattern);
  if (consolidationPolicy === 'WhenUnderutilized' && typeof consolidateAfter === 'number') {
    disruption.problem('consolidateAfter', {
      code: 'refused-by-api-server',
      message: 'consolidateAfter cannot be combined with consolidationPolicy=WhenUnderutilized',
      expected: 'no consolidateAfter, or consolidationPolicy: WhenEmpty',
      hint: 'v0.32.0 consolidates underutilized nodes without waiting: leave consolidateAfter out',
    });
  }
  if (consolidationPolicy === 'WhenEmpty' && !disruption.has('consolidateAfter')) {
    disruption.refuse(undefined, 'consolidateAfter must be specified with consolidationPolicy=WhenEmpty');
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
  return budgets.map((budget) => {
    const nodes = budget.string('nodes') ?? '10%';
    if (!/^((100|[0-9]{1,2})%|[0-9]+)$/.test(nodes)) {
      budget.refuse('nodes', `"${nodes}" is not a number of nodes`, 'an integer such as "5", or 0% to 100%');
    }
    const schedule = budget.string('schedule');
    if (schedule !== undefined && !SCHEDULE.test(schedule)) {
      budget.refuse('schedule', `"${schedule}" is not a cron schedule`, 'five fields, or @hourly, @daily, …');
    }
    if (budget.has('schedule') !== budget.has('duration')) {
      budget.refuse(undefined, "'schedule' must be set with 'duration'");
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
