import type { InstanceType } from '../../cloud/instance-type.js';
import type { NodePool } from '../nodepool.js';
import { INITIALIZED_LABEL, REGISTERED_LABEL } from '../requirements/labels.js';
import { Requirement } from '../requirements/requirement.js';
import { Requirements } from '../requirements/requirements.js';
import type { KarpenterSettings } from '../settings.js';
import { HostPortUsage } from './host-ports.js';
import { filterTypes } from './instance-type-filter.js';
import { isRefusal } from './scheduling-errors.js';
import type { SchedulingProfile } from './scheduling-profile.js';
import { typeViews, type TypeView } from './type-view.js';

/** The scheduler's form of a NodePool: what a new NodeClaim of it starts from (CON-4). */
export interface NodeClaimTemplate {
  readonly nodePool: NodePool;
  readonly labels: Readonly<Record<string, string>>;
  readonly requirements: Requirements;
  /** Types in provider order; only those that the NodePool's own requirements leave, where the version filters first. */
  readonly types: readonly TypeView[];
  /** The types are known to meet {@link requirements}. */
  readonly typesVerified: boolean;
}

/** Labels that a node has once it is ready; requirements on them hold for new NodeClaims, but are not written out. */
export const SIMULATED_LABELS: readonly string[] = [REGISTERED_LABEL, INITIALIZED_LABEL];

interface CachedTemplate {
  readonly types: readonly InstanceType[];
  readonly profile: SchedulingProfile;
  readonly minValuesPolicy: KarpenterSettings['minValuesPolicy'];
  readonly template: NodeClaimTemplate | undefined;
}

const cache = new WeakMap<NodePool, CachedTemplate>();

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
    return { nodePool, labels, requirements, types, typesVerified: true };
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
