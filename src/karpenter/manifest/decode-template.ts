import { decodeKubelet } from '../../cloud/manifest/decode-kubelet.js';
import { decodeNodeSelectorRequirement, decodeTaint } from '../../kubernetes/manifest/decode-selectors.js';
import type { FieldReader } from '../../kubernetes/manifest/field-reader.js';
import type { NodeSelectorRequirement } from '../../kubernetes/selectors.js';
import type { Taint } from '../../kubernetes/taints.js';
import type { NodeClaimTemplateSpec } from '../nodepool.js';
import { CAPACITY_TYPE_LABEL } from '../requirements/labels.js';
import type { NodePoolVersion } from './node-pool-version.js';
import { isLabelValue, isQualifiedName, restrictedLabel } from './label-rules.js';

const GROUP = 'karpenter.k8s.aws';
const KIND = 'EC2NodeClass';

/** `spec.template` of a NodePool with the rules of disruption.md §11. */
export function decodeTemplate(spec: FieldReader, version: NodePoolVersion): NodeClaimTemplateSpec {
  const template = spec.requiredObject('template');
  const metadata = template.object('metadata');
  const labels = metadata?.stringMap('labels') ?? {};
  if (metadata !== undefined) checkLabels(metadata, labels, version);
  const nodeSpec = template.requiredObject('spec');
  const taints = nodeSpec.objects('taints').map(decodeNodePoolTaint);
  const startupTaints = nodeSpec.objects('startupTaints').map(decodeNodePoolTaint);
  refuseDuplicateTaints(nodeSpec, taints, startupTaints);
  const common = {
    labels,
    annotations: metadata?.stringMap('annotations') ?? {},
    requirements: decodeRequirements(nodeSpec, version),
    taints,
    startupTaints,
    nodeClassRef: decodeNodeClassRef(nodeSpec, version),
  };
  for (const [key, hint] of Object.entries(version.movedInTemplate)) nodeSpec.refuseUnknown(key, hint);
  if (version.apiVersion === 'karpenter.sh/v1beta1') {
    if (Object.keys(nodeSpec.object('resources')?.resourceList('requests') ?? {}).length > 0) {
      nodeSpec.refuse(['resources', 'requests'], 'resources.requests of the template are not allowed');
    }
    return { ...common, expireAfter: 'Never', kubelet: decodeKubelet(nodeSpec) };
  }
  nodeSpec.ruledBy({
    expireAfter: 'nodepool/expire-after',
    terminationGracePeriod: 'nodepool/termination-grace-period',
  });
  return {
    ...common,
    expireAfter: nodeSpec.durationOrNever('expireAfter', version.durationPattern) ?? 720 * 3_600_000,
    terminationGracePeriodMs: nodeSpec.durationMs('terminationGracePeriod', /^([0-9]+(s|m|h))+$/),
  };
}

function checkLabels(metadata: FieldReader, labels: Readonly<Record<string, string>>, version: NodePoolVersion): void {
  const keys = Object.keys(labels);
  if (keys.length > 100) metadata.refuse('labels', `Too many: ${keys.length}: must have at most 100 items`);
  for (const key of keys) {
    const restriction = restrictedLabel(key, version.apiVersion, 'label');
    if (restriction !== undefined) metadata.refuse(['labels', key], restriction);
    else if (!isQualifiedName(key)) metadata.refuse(['labels', key], `"${key}" is not a label key`);
    if (!isLabelValue(labels[key] ?? ''))
      metadata.refuse(['labels', key], `"${labels[key] ?? ''}" is not a label value`);
  }
}

function decodeNodePoolTaint(reader: FieldReader): Taint {
  const taint = decodeTaint(reader);
  if (reader.has('key') && !isQualifiedName(taint.key)) reader.refuse('key', `"${taint.key}" is not a taint key`);
  // Kubernetes takes an empty value; both CRDs do not.
  if (reader.has('value') && !isQualifiedName(taint.value)) {
    reader.refuse('value', `"${taint.value}" is not a taint value`, 'leave value out for a taint without one');
  }
  return taint;
}

function refuseDuplicateTaints(spec: FieldReader, taints: readonly Taint[], startupTaints: readonly Taint[]): void {
  const seen = new Set<string>();
  for (const [list, members] of [['taints', taints] as const, ['startupTaints', startupTaints] as const]) {
    for (const [index, { key, effect }] of members.entries()) {
      const pair = `${key}=${effect}`;
      if (seen.has(pair)) spec.refuse([list, index], `duplicate taint Key/Effect pair ${pair}`);
      seen.add(pair);
    }
  }
}

function decodeNodeClassRef(spec: FieldReader, version: NodePoolVersion): NodeClaimTemplateSpec['nodeClassRef'] {
  const ref = spec.requiredObject('nodeClassRef');
  const name = ref.requiredString('name');
  if (version.apiVersion === 'karpenter.sh/v1beta1') {
    ref.refuseUnknown('group', `v1beta1 writes apiVersion: ${GROUP}/v1beta1`);
    const group = ref.string('apiVersion')?.split('/')[0];
    return { group: group ?? GROUP, kind: ref.string('kind') ?? KIND, name };
  }
  ref.refuseUnknown('apiVersion', `v1 writes group: ${GROUP}`);
  const group = ref.requiredString('group');
  const kind = ref.requiredString('kind');
  for (const [key, value] of Object.entries({ group, kind, name })) {
    if (value === '' && ref.has(key)) ref.refuse(key, `${key} may not be empty`);
  }
  if (group.includes('/')) ref.refuse('group', `"${group}" contains a version`, GROUP);
  return { group, kind, name };
}

function decodeRequirements(spec: FieldReader, version: NodePoolVersion): NodeSelectorRequirement[] {
  if (!spec.has('requirements')) spec.missing('requirements', 'a list, possibly empty: []');
  const requirements = spec.objects('requirements');
  if (requirements.length > version.maxRequirements) {
    spec.refuse('requirements', `Too many: ${requirements.length}: must have at most ${version.maxRequirements} items`);
  }
  return requirements.map((reader) => decodeRequirement(reader, version));
}

function decodeRequirement(reader: FieldReader, version: NodePoolVersion): NodeSelectorRequirement {
  const requirement = decodeNodeSelectorRequirement(reader, version.operators);
  const { key, operator, values } = requirement;
  if (reader.has('key')) {
    const restriction = restrictedLabel(key, version.apiVersion, 'requirement');
    if (restriction !== undefined) reader.refuse('key', restriction);
    else if (!isQualifiedName(key)) reader.refuse('key', `"${key}" is not a label key`);
  }
  const minValues =
    version.apiVersion === 'karpenter.sh/v1' ? reader.integer('minValues', { min: 1, max: 50 }) : undefined;
  // An operator that did not parse has its own problem; the rules below would only guess.
  if (!version.operators.some((word) => word === reader.raw('operator'))) return { ...requirement, minValues };
  const where = reader.has('values') ? 'values' : undefined;
  const comparison = ['Gt', 'Lt', 'Gte', 'Lte'].includes(operator);
  if (operator === 'In' && values.length === 0) {
    reader.refuse(where, "requirements with operator 'In' must have a value defined");
  } else if (comparison && !(values.length === 1 && /^\d+$/.test(values[0] ?? ''))) {
    reader.refuse(where, version.comparisonMessage, 'one whole number as text, such as ["4"]');
  } else if (operator === 'In' && minValues !== undefined && values.length < minValues) {
    reader.refuse(
      'minValues',
      "requirements with 'minValues' must have at least that many values specified in the 'values' field",
    );
  }
  for (const [index, value] of values.entries()) {
    if (!isLabelValue(value)) reader.refuse(['values', index], `"${value}" is not a label value`);
  }
  if (
    version.apiVersion === 'karpenter.sh/v1' &&
    key === CAPACITY_TYPE_LABEL &&
    operator === 'In' &&
    values.length > 0
  ) {
    const known = values.filter((value) => ['on-demand', 'spot', 'reserved'].includes(value));
    if (known.length < (minValues ?? 1))
      reader.refuse('values', 'no capacity type that exists', 'on-demand, spot or reserved');
  }
  return { ...requirement, minValues };
}
