import { ObjectCache } from '../../kernel/object-cache.js';
import type { InstanceType } from '../../cloud/instance-type.js';
import type { NodePool } from '../nodepool.js';
import { Requirement } from '../requirements/requirement.js';
import { Requirements } from '../requirements/requirements.js';
import type { KarpenterSettings } from '../settings.js';
import { HostPortUsage } from './host-ports.js';
import { filterTypes } from './instance-type-filter.js';
import { SIMULATED_LABELS, type NodeClaimTemplate } from './node-claim-template.js';
import { isRefusal } from './scheduling-errors.js';
import type { SchedulingProfile } from './scheduling-profile.js';
import { typeViews } from './type-view.js';

interface CachedTemplate {
  readonly types: readonly InstanceType[];
  readonly profile: SchedulingProfile;
  readonly minValuesPolicy: KarpenterSettings['minValuesPolicy'];
  readonly template: NodeClaimTemplate | undefined;
}

const cache = new ObjectCache<NodePool, CachedTemplate>();

/** The template of a NodePool; undefined when its own requirements leave no instance type (CON-5). */
export function nodeClaimTemplate(
  nodePool: NodePool,
  types: readonly InstanceType[],
  profile: SchedulingProfile,
  minValuesPolicy: KarpenterSettings['minValuesPolicy'],
): NodeClaimTemplate | undefined {
  const known = cache.get(nodePool);
  if (known?.types === types && known.profile === profile && known.minValuesPolicy === minValuesPolicy) {
    return known.template;
  }
  const template = buildTemplate(nodePool, types, profile, minValuesPolicy === 'BestEffort');
  cache.set(nodePool, { types, profile, minValuesPolicy, template });
  return template;
}

function buildTemplate(
  nodePool: NodePool,
  types: readonly InstanceType[],
  profile: SchedulingProfile,
  relaxesMinValues: boolean,
): NodeClaimTemplate | undefined {
  const labels = profile.templateLabels(nodePool);
  const requirements = Requirements.fromExpressions(nodePool.template.requirements, profile.boundsReading)
    .and(Requirements.fromLabels(labels))
    .and(profile.simulatesReadyLabels ? SIMULATED_LABELS.map((key) => Requirement.in(key, ['true'])) : []);
  const all = typeViews(types);
  if (!profile.filtersTemplateTypes) {
    // A type that the NodePool itself excludes never comes back: pods only narrow the requirements further. Leaving it out
    // here changes no placement, and a NodePool without any type left still gives its pods an error.
    const types = all.filter((type) => type.requirements.conflictWith(requirements) === undefined);
    return { nodePool, labels, requirements, types, typesVerified: false };
  }
  const outcome = filterTypes({
    groups: [{ types: all, overhead: undefined, ports: new HostPortUsage() }],
    requirements,
    verified: undefined,
    pod: undefined,
    requests: {},
    podRequests: {},
    relaxesMinValues,
    fitRule: profile.typeFit,
  });
  if (isRefusal(outcome)) return undefined;
  return { nodePool, labels, requirements, types: outcome.kept.flat(), typesVerified: true };
}
