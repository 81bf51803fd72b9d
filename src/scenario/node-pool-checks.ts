import type { NodePool } from '../karpenter/nodepool.js';
import type { KarpenterVersion } from '../karpenter/settings.js';
import { RESERVATION_LABELS } from '../cloud/catalogue/reserved-offerings.js';
import {
  CAPACITY_TYPE_LABEL,
  INSTANCE_TYPE_LABEL,
  normalizeLabelKey,
  WELL_KNOWN_LABELS,
} from '../karpenter/requirements/labels.js';
import { Requirements } from '../karpenter/requirements/requirements.js';
import { didYouMean } from '../kubernetes/manifest/closest-name.js';
import type { Problem } from '../kubernetes/manifest/problem.js';
import type { ManifestSet } from './manifest-set.js';
import type { ClusterObjects } from './scenario-spec.js';
import type { ScenarioCatalogue } from './scenario-catalogue.js';

/** Where the NodePools would launch. */
export interface Surroundings {
  readonly catalogue: ScenarioCatalogue;
  readonly version: KarpenterVersion;
  readonly region: string;
  readonly zones: readonly string[];
}

/** NodePools that could never launch anything: a NodeClass that is missing, types that do not exist or do not match. */
export function checkNodePools(
  manifests: ManifestSet,
  known: Pick<ClusterObjects, 'nodeClasses'>,
  surroundings: Surroundings,
): readonly Problem[] {
  return manifests.lists.nodePools.flatMap((nodePool) => {
    const problems = [
      ...checkNodeClassRef(manifests, nodePool, known),
      ...checkTypeNames(manifests, nodePool, surroundings.catalogue),
    ];
    // What is already known to be wrong would only be said twice.
    return problems.length > 0 ? problems : checkAnyTypeMatches(manifests, nodePool, known, surroundings);
  });
}

/** A NodeClass that is not there, or of a provider that is not modelled. */
export function checkNodeClassRef(
  manifests: ManifestSet,
  nodePool: NodePool,
  known: Pick<ClusterObjects, 'nodeClasses'>,
): readonly Problem[] {
  const { kind, name } = nodePool.template.nodeClassRef;
  const path = ['spec', 'template', 'spec', 'nodeClassRef'];
  if (kind !== '' && kind !== 'EC2NodeClass') {
    const detail = {
      code: 'unsupported-value',
      message: `there is no model of ${kind}`,
      expected: 'EC2NodeClass',
    } as const;
    return [manifests.problemAt(nodePool, [...path, 'kind'], detail)];
  }
  const names = known.nodeClasses.map(({ metadata }) => metadata.name);
  if (name === '' || names.includes(name)) return [];
  return [
    manifests.problemAt(nodePool, [...path, 'name'], {
      code: 'missing-reference',
      message: `there is no EC2NodeClass "${name}" in the manifests`,
      expected: names.length === 0 ? 'an EC2NodeClass of this name' : `one of ${names.join(', ')}`,
      hint: didYouMean(name, names),
    }),
  ];
}

function checkTypeNames(manifests: ManifestSet, nodePool: NodePool, catalogue: ScenarioCatalogue): readonly Problem[] {
  return nodePool.template.requirements.flatMap(({ key, operator, values }, index) => {
    if (normalizeLabelKey(key) !== INSTANCE_TYPE_LABEL || operator !== 'In') return [];
    return values.flatMap((value, position) => {
      if (catalogue.typeNames.has(value)) return [];
      const path = ['spec', 'template', 'spec', 'requirements', index, 'values', position];
      return [
        manifests.problemAt(nodePool, path, {
          code: 'missing-reference',
          message: `"${value}" is not an instance type in the data`,
          expected: 'an EC2 instance type such as m5.large',
          hint: didYouMean(value, catalogue.typeNames),
        }),
      ];
    });
  });
}

function checkAnyTypeMatches(
  manifests: ManifestSet,
  nodePool: NodePool,
  known: Pick<ClusterObjects, 'nodeClasses'>,
  { catalogue, version, region, zones }: Surroundings,
): readonly Problem[] {
  const nodeClass = known.nodeClasses.find(({ metadata }) => metadata.name === nodePool.template.nodeClassRef.name);
  if (catalogue.typeRequirements === undefined || nodeClass === undefined || nodePool.replicas === 0) return [];
  const reading = nodePool.apiVersion === 'karpenter.sh/v1' ? 'inclusive' : 'exclusive';
  const wanted = Requirements.fromExpressions(nodePool.template.requirements, reading).and(
    Requirements.fromLabels(nodePool.template.labels),
  );
  const sellable = isReservable(wanted) ? wanted.without(CAPACITY_TYPE_LABEL, ...RESERVATION_LABELS) : wanted;
  const byName = wanted.find(INSTANCE_TYPE_LABEL);
  const names = byName !== undefined && !byName.negated ? [...byName.values] : undefined;
  const types = catalogue.typeRequirements({ names, nodeClass, version, region, zones });
  const conflicts = new Set<string>();
  for (const type of types) {
    // Types know nothing of a NodePool's own labels; those cannot speak against a type.
    const offered = Requirements.fromExpressions(type.requirements, reading);
    const conflict = offered.incompatibilityWith(onlyKnownLabels(sellable), WELL_KNOWN_LABELS);
    if (conflict === undefined) return [];
    conflicts.add(conflict.key);
  }
  return [
    manifests.problemAt(nodePool, ['spec', 'template', 'spec', 'requirements'], {
      code: 'no-match',
      message: `no instance type matches NodePool ${nodePool.metadata.name} in ${zones.join(', ')}`,
      expected: 'requirements that at least one instance type satisfies',
      hint: conflicts.size === 0 ? undefined : `look at ${[...conflicts].join(', ')}`,
    }),
  ];
}

/** Types know nothing of reservations, which come from the NodeClass. */
function isReservable(wanted: Requirements): boolean {
  return wanted.find(CAPACITY_TYPE_LABEL)?.has('reserved') ?? false;
}

function onlyKnownLabels(requirements: Requirements): Requirements {
  return requirements.without(...[...requirements.keys()].filter((key) => !WELL_KNOWN_LABELS.has(key)));
}
